/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input is one clear line and exit code 2, and nothing is half-written. */
class RefusalIT {

  /** What a user gets wrong, and the word that the answer must contain. */
  record Mistake(String label, List<String> command, Map<String, String> environment, String word) {

    @Override
    public String toString() {
      return label;
    }
  }

  @TempDir private Path folder;

  @BeforeEach
  void makeInputs() throws IOException {
    Files.write(
        folder.resolve("foreign.pcap"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 1, 2, 3, 4});
    Files.write(folder.resolve("short.pcap"), new byte[] {(byte) 0xD4, (byte) 0xC3, (byte) 0xB2});
    Files.writeString(folder.resolve("file"), "not a folder");
  }

  static Stream<Mistake> mistakes() {
    String tap =
        "tap --interface lo --sensor 127.0.0.1 --vni 42 --metrics 0 --count-json FOLDER/count.json ";
    String sensor = "sensor --metrics 0 --listen 127.0.0.1:47890 --logs FOLDER/logs ";
    return Stream.of(
        mistake("no such program", "tapp", "tapp"),
        mistake("unknown option", tap + "--snap 10", "--snap"),
        mistake("missing sensor", "tap --interface lo --vni 42", "--sensor"),
        mistake("missing interface option", "tap --sensor 127.0.0.1 --vni 42", "--interface"),
        mistake("malformed sensor", tap + "--sensor 127.0.0.1:99999", "99999"),
        mistake("sensor that is no address", tap + "--sensor not..a..host", "not..a..host"),
        mistake("unreachable sensor", tap + "--sensor 255.255.255.255", "255.255.255.255"),
        mistake("VNI out of range", tap + "--vni 16777216", "16777216"),
        mistake("VNI that is no number", tap + "--vni 2a", "2a"),
        mistake("snaplen out of range", tap + "--snaplen 0", "snaplen"),
        mistake("lanes out of range", tap + "--lanes 0", "0"),
        mistake("ring too small", tap + "--ring-bytes 1000", "1000"),
        mistake("missing interface", tap + "--interface nowhere0", "nowhere0"),
        mistake("bad filter", tap + "--filter tcp~port", "syntax"),
        mistake("unknown tunnel", tap + "--encapsulation gre", "gre"),
        mistake("unwritable count file", tap + "--count-json FOLDER/none/count.json", "count.json"),
        mistake("missing file to send", tap + "--read FOLDER/none.pcap", "none.pcap"),
        mistake("foreign file to send", tap + "--read FOLDER/foreign.pcap", "foreign.pcap"),
        mistake("truncated file to send", tap + "--read FOLDER/short.pcap", "short.pcap"),
        mistake("missing capture", "read --pcap FOLDER/none.pcap --logs FOLDER/logs", "none.pcap"),
        mistake(
            "foreign capture",
            "read --pcap FOLDER/foreign.pcap --logs FOLDER/logs",
            "foreign.pcap"),
        mistake(
            "truncated capture", "read --pcap FOLDER/short.pcap --logs FOLDER/logs", "short.pcap"),
        mistake("logs in a file", "sensor --listen 127.0.0.1:47890 --logs FOLDER/file", "file"),
        mistake(
            "unwritable logs", "sensor --listen 127.0.0.1:47890 --logs /proc/logs", "/proc/logs"),
        mistake("unknown format", sensor + "--format xml", "xml"),
        mistake("malformed listener", sensor + "--listen 1.2.3", "1.2.3"),
        mistake(
            "listener on a stranger's address", sensor + "--listen 192.0.2.1:4789", "192.0.2.1"),
        mistake("missing manifest", "inject -f FOLDER/none.yaml", "none.yaml"),
        mistake("manifest that is no text", "inject -f FOLDER/foreign.pcap", "foreign.pcap"),
        mistake("bad tap to inject", "inject -f FOLDER/file --vni 2a", "2a"),
        mistake("bad resources", "inject -f FOLDER/file --cpu 1 --cpu-limit 1m", "1m"),
        mistake(
            "webhook without a certificate",
            "webhook --metrics 0 --certificate FOLDER/none",
            "tls.crt"),
        mistake("webhook outside of a pod", "webhook --metrics 0", "KUBERNETES_SERVICE_HOST"),
        new Mistake(
            "unknown variable", words(tap), Map.of("PODTAP_SNAPLENGTH", "9"), "PODTAP_SNAPLENGTH"),
        new Mistake(
            "bad variable",
            words("tap --interface lo --sensor 127.0.0.1 --metrics 0"),
            Map.of("VNI", "many"),
            "many"));
  }

  private static Mistake mistake(String label, String command, String word) {
    return new Mistake(label, words(command), Map.of(), word);
  }

  /** The last of an option given twice wins, so a mistake may follow what is right. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    for (String word : command.strip().split(" ", -1)) {
      int former = word.startsWith("--") ? words.indexOf(word) : -1;
      if (former >= 0) {
        words.remove(former);
        words.remove(former);
      }
      words.add(word.replace('~', ' '));
    }
    return words;
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isRefusedInOneLine(Mistake mistake) {
    String[] command =
        mistake.command().stream()
            .map(word -> word.replace("FOLDER", folder.toString()))
            .toArray(String[]::new);
    assertRefused(List.of(), mistake.environment(), mistake.word(), command);
  }

  @Test
  @io.podtap.core.testing.RequiresRoot
  @RequiresTool("setpriv")
  void aMissingCapabilityIsNamed() {
    assertRefused(
        List.of("setpriv", "--bounding-set", "-all", "--inh-caps", "-all"),
        Map.of(),
        "CAP_NET_RAW",
        "tap",
        "--interface",
        "lo",
        "--sensor",
        "127.0.0.1",
        "--vni",
        "42",
        "--metrics",
        "0",
        "--count-json",
        folder.resolve("count.json").toString());
  }

  private void assertRefused(
      List<String> prefix, Map<String, String> environment, String word, String... command) {
    List<String> before = files();
    Path outputs = folder.resolveSibling(folder.getFileName() + "-outputs");
    try {
      Files.createDirectories(outputs);
      try (Program program = Program.start(prefix, environment, outputs, "refused", command)) {
        int code = program.await();
        assertThat(program.errorLines())
            .singleElement()
            .asString()
            .startsWith("podtap: ")
            .contains(word)
            .doesNotContain("Exception");
        assertThat(code).isEqualTo(2);
        assertThat(program.output()).isEmpty();
      }
      assertThat(files()).as("files left behind").isEqualTo(before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(outputs);
    }
  }

  private List<String> files() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path outputs) {
    try {
      Files.deleteIfExists(outputs.resolve("refused.out"));
      Files.deleteIfExists(outputs.resolve("refused.err"));
      Files.deleteIfExists(outputs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
