/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.tap.policy.PolicyFile.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of options, and annotations as the kubelet writes them. */
final class PolicyFileTest {

  @TempDir private Path folder;

  private Map<String, String> read(Form form, String text) throws IOException {
    return new PolicyFile(Files.writeString(folder.resolve("file"), text), form).read();
  }

  @Test
  void optionsAreLinesWithNameAndValue() throws IOException {
    assertThat(
            read(
                Form.OPTIONS,
                """
                # what our sensor is to see
                filter=tcp port 80 and tcp[13] & 7 = 0
                  snaplen = 96\r

                headers-only=
                """))
        .containsExactly(
            Map.entry("filter", "tcp port 80 and tcp[13] & 7 = 0"),
            Map.entry("snaplen", "96"),
            Map.entry("headers-only", ""));
  }

  @Test
  void annotationsAreThoseUnderOurPrefixWithGosEscapes() throws IOException {
    assertThat(
            read(
                Form.ANNOTATIONS,
                """
                filter="of somebody else"
                kubernetes.io/config.source="api"
                kubectl.kubernetes.io/last-applied-configuration="{\\"a\\":\\"b\\\\nc\\"}\\n"
                podtap.io/filter="host \\"a\\" \\\\ \\t\\n\\u00e9\\U0001f600\\x41 é"
                podtap.io/vni="42\"\
                """))
        .containsExactly(
            Map.entry("filter", "host \"a\" \\ \t\n\u00e9\ud83d\ude00A \u00e9"),
            Map.entry("vni", "42"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "OPTIONS, filter, line 1 is not NAME=VALUE",
        "OPTIONS, =x, line 1 is not NAME=VALUE",
        "ANNOTATIONS, podtap.io/filter=tcp, line 1 has no value in quotes",
        "ANNOTATIONS, podtap.io/filter=\", line 1 has no value in quotes",
        "ANNOTATIONS, podtap.io/filter=\"\\q\", line 1 has an invalid escape",
        "ANNOTATIONS, podtap.io/filter=\"\\u00\", line 1 ends within an escape",
        "ANNOTATIONS, podtap.io/filter=\"\\U00110000\", line 1 has an invalid escape",
        "ANNOTATIONS, podtap.io/filter=\"\\xzz\", line 1 has an invalid escape",
        "ANNOTATIONS, podtap.io/filter=\"\\\", line 1",
      })
  void whatIsNoLineOfTheFormIsAnError(Form form, String text, String problem) {
    assertThatThrownBy(() -> read(form, text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void aFileThatIsTooLongOrMissingIsAnError() throws IOException {
    assertThatThrownBy(() -> read(Form.OPTIONS, "#".repeat((1 << 20) + 1)))
        .hasMessageContaining("is longer than 1048576 bytes");
    Files.delete(folder.resolve("file"));
    PolicyFile missing = new PolicyFile(folder.resolve("file"), Form.OPTIONS);
    assertThatThrownBy(missing::read).hasMessageContaining("does not exist");
    assertThat(missing.isChanged()).isTrue();
    assertThat(missing.isChanged()).isFalse();
  }

  /** The kubelet writes into a new folder and exchanges a link to it. */
  @Test
  void aLinkThatIsExchangedIsAChange() throws IOException {
    for (String version : new String[] {"v1", "v2"}) {
      Files.writeString(
          Files.createDirectory(folder.resolve(version)).resolve("annotations"),
          "podtap.io/snaplen=\"9%s\"".formatted(version.substring(1)));
    }
    Path link = Files.createSymbolicLink(folder.resolve("..data"), Path.of("v1"));
    PolicyFile file = new PolicyFile(link.resolve("annotations"), Form.ANNOTATIONS);
    assertThat(file.isChanged()).isTrue();
    assertThat(file.read()).containsEntry("snaplen", "91");
    assertThat(file.isChanged()).isFalse();

    Path next = Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("v2"));
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);

    assertThat(file.isChanged()).isTrue();
    assertThat(file.read()).containsEntry("snaplen", "92");
  }
}
