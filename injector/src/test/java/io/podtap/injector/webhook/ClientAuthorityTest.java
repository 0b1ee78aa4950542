/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.trust.Anchors;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Pem;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.webhook.advice.Advice;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reviews of clients with, without and with a wrong certificate. */
final class ClientAuthorityTest {

  private static final String REVIEW =
      "{\"apiVersion\": \"admission.k8s.io/v1\", \"kind\": \"AdmissionReview\", \"request\":"
          + " {\"uid\": \"u\", \"operation\": \"CREATE\", \"namespace\": \"shop\", \"resource\":"
          + " {\"resource\": \"pods\"}, \"object\": {\"spec\": {\"containers\": [{\"name\":"
          + " \"a\"}]}}}}";

  @TempDir private Path folder;

  private static Authority.Issued client(Authority authority) throws Exception {
    return authority.issue(
        new Authority.Request(
            "api-server", List.of("dns:api"), Authority.Usage.CLIENT, Authority.KeyKind.EC, 30));
  }

  private static void writeAuthority(Path file, Authority.Issued issued) throws Exception {
    Identity identity = Identity.parse(issued.chain(), issued.key());
    Files.writeString(file, Pem.block("CERTIFICATE", identity.chain().getLast().getEncoded()));
  }

  private static int post(int port, Certificate server, Authority.@Nullable Issued shown)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys =
        shown == null
            ? null
            : new KeyManager[] {new CurrentIdentity(Identity.parse(shown.chain(), shown.key()))};
    context.init(
        keys,
        new TrustManager[] {
          Anchors.believing(List.of((java.security.cert.X509Certificate) server))
        },
        null);
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      URI uri = URI.create("https://127.0.0.1:" + port + "/inject/enabled");
      return client
          .send(
              HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(REVIEW)).build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    }
  }

  @Test
  void onlyClientsOfTheAuthorityAreAnswered() throws Exception {
    Certificate server = TestCertificates.write(folder, Authority.KeyKind.EC, false);
    Authority.Issued right = client(Authority.make("api-servers", 30));
    Authority.Issued wrong = client(Authority.make("others", 30));
    Path file = folder.resolve("client-ca");
    writeAuthority(file, right);
    ClientAuthority authority = ClientAuthority.open(file);
    PrintStream log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    try (Webhook webhook =
        Webhook.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            IdentitySource.inFolder(folder),
            Optional.of(authority),
            new Webhook.Policy(Templates.PLAIN, Set.of(), false, Advice.NONE),
            Optional.empty(),
            log)) {
      assertThat(post(webhook.port(), server, right)).isEqualTo(200);
      assertThat(post(webhook.port(), server, null)).isEqualTo(401);
      assertThatThrownBy(() -> post(webhook.port(), server, wrong)).isInstanceOf(IOException.class);
      assertThat(webhook.liveProblem()).isEmpty();
      assertThat(MetricsPort.text(MetricsFormat.TEXT, webhook::metrics))
          .contains("{decision=\"unauthenticated\"} 1");

      Files.writeString(file, "nothing");
      authority.look();
      assertThat(authority.problem()).contains("client-ca");
      assertThat(post(webhook.port(), server, right)).isEqualTo(200);
      writeAuthority(file, wrong);
      authority.look();
      assertThat(authority.problem()).isEmpty();
      assertThat(post(webhook.port(), server, wrong)).isEqualTo(200);
    }
  }

  @Test
  void aFileWithoutCertificatesIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("none"), "nothing");
    assertThatThrownBy(() -> ClientAuthority.open(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("client-ca");
  }
}
