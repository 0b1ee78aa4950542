/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.webhook.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PodStreamTest {

  private static final String PATH = "/api/v1/namespaces/shop/pods/a/exec?stdin=true";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private static Path folder;
  private Identity identity;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  void certificate() throws Exception {
    TestCertificates.write(folder, Authority.KeyKind.EC, false);
    Files.copy(folder.resolve("tls.crt"), folder.resolve("ca.crt"));
    Files.writeString(folder.resolve("token"), "secret\n");
    identity =
        Identity.parse(
            Files.readString(folder.resolve("tls.crt")),
            Files.readString(folder.resolve("tls.key")));
  }

  private PodStream open(FakeStreamServer server) throws Exception {
    return PodStream.open(server.api(), PATH, out, err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v4.channel.k8s.io", "v5.channel.k8s.io"})
  void streamsAreSortedByTheirChannel(String version) throws Exception {
    byte[] bytes = new byte[50_000];
    new Random(9).nextBytes(bytes);
    try (FakeStreamServer server = FakeStreamServer.start(folder, identity, version);
        PodStream stream = open(server)) {
      assertThat(server.head())
          .contains("Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io")
          .contains("Authorization: Bearer secret");
      server.send(1, bytes, 60_000);
      server.send(2, "said".getBytes(StandardCharsets.UTF_8), 2);
      server.send(1, bytes, 999);
      server.send(3, "{\"status\": \"Success\"}".getBytes(StandardCharsets.UTF_8), 5);
      assertThat(stream.await(SOON)).isEqualTo(new PodStream.End(0, ""));
    }
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(bytes);
    twice.writeBytes(bytes);
    assertThat(out.toByteArray()).isEqualTo(twice.toByteArray());
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("said");
    out.reset();
    err.reset();
  }

  @Test
  void theEndOfInputIsALineAndWhereItCanASignal() throws Exception {
    try (FakeStreamServer server = FakeStreamServer.start(folder, identity, "v5.channel.k8s.io");
        PodStream stream = open(server)) {
      stream.endInput();
      assertThat(server.received().poll(5, TimeUnit.SECONDS)).containsExactly(0, '\n');
      assertThat(server.received().poll(5, TimeUnit.SECONDS)).containsExactly(255, 0);
    }
    try (FakeStreamServer server = FakeStreamServer.start(folder, identity, "v4.channel.k8s.io");
        PodStream stream = open(server)) {
      stream.endInput();
      assertThat(server.received().poll(5, TimeUnit.SECONDS)).containsExactly(0, '\n');
      assertThat(server.received().poll(300, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  @Test
  void aRefusalNamesTheRule() throws Exception {
    try (FakeStreamServer server = FakeStreamServer.start(folder, identity, "")) {
      assertThatThrownBy(() -> open(server))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("create, get pods/exec in namespace shop: needs a Role there");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'status': 'Success'} | 0 | ''",
        "{'status': 'Failure', 'reason': 'NonZeroExitCode', 'details': {'causes': [{'reason':"
            + " 'ExitCode', 'message': '2'}]}} | 2 | exit code 2",
        "{'status': 'Failure', 'message': 'container not found'} | -1 | container not found",
        "nonsense | -1 | nonsense"
      },
      quoteCharacter = '`')
  void theStatusSaysHowItEnded(String text, int code, String expected) {
    assertThat(PodStream.parse(text.replace('\'', '"')))
        .isEqualTo(new PodStream.End(code, expected.equals("''") ? "" : expected));
  }
}
