/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.parse.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every line of the table: a file of exactly its bytes, and files that are one byte too short. */
class MagicTest {

  private static List<String> lines() throws IOException {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(MimeTypes.class.getResourceAsStream("magic.txt")),
                StandardCharsets.US_ASCII))) {
      return lines.lines().filter(line -> !line.startsWith("# ")).toList();
    }
  }

  /** Returns the least bytes that fit a pattern, with 0x81 where any will do. */
  private static byte[] example(String pattern) {
    StringBuilder bytes = new StringBuilder();
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '{' && Character.isDigit(pattern.charAt(at + 1))) {
        int end = pattern.indexOf('}', at);
        bytes.append("\u0081".repeat(Integer.parseInt(pattern.substring(at + 1, end))));
        at = end + 1;
      } else if (c == '.') {
        bytes.append('\u0081');
        at++;
      } else if (c == '[') {
        int first = at + 1;
        bytes.append(value(pattern, first));
        at = pattern.indexOf(']', first) + 1;
      } else {
        bytes.append(value(pattern, at));
        at += c == '\\' ? 3 : 1;
      }
    }
    return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static char value(String pattern, int at) {
    return pattern.charAt(at) == '\\'
        ? (char) Integer.parseInt(pattern.substring(at + 1, at + 3), 16)
        : pattern.charAt(at);
  }

  @TestFactory
  Stream<DynamicTest> everyLineFits() throws IOException {
    return lines().stream()
        .map(line ->
            DynamicTest.dynamicTest(
                line,
                () -> {
                  Magic magic = Magic.read(line);
                  byte[] example = example(line.substring(line.lastIndexOf(' ') + 1));
                  assertThat(magic.matches(new Payload(example))).isTrue();
                  assertThat(magic.matches(new Payload(example, 0, example.length - 1))).isFalse();
                  assertThat(magic.mayHave(example[magic.place()] & 0xFF)).isTrue();
                  assertThat(MimeTypes.of(new Payload(example))).isNotEmpty();
                }));
  }

  @Test
  void theStrongestOfThoseThatFitCounts() {
    byte[] installer = new byte[64];
    System.arraycopy("MZ".getBytes(StandardCharsets.US_ASCII), 0, installer, 0, 2);
    System.arraycopy(
        "LHA's SFX".getBytes(StandardCharsets.US_ASCII), 0, installer, 36, "LHA's SFX".length());
    assertThat(MimeTypes.of(new Payload(installer))).isEqualTo("application/x-lha");
  }
}
