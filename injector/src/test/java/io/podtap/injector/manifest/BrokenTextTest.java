/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.NamespaceContext;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.testing.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with mistakes: a clear line, never another exception. */
final class BrokenTextTest {

  private static final int FILES = 1_500;
  private static final String PIECES = " \n:-{}[],'\"#&*|>!%@`\t?<~";

  private static List<String> texts() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden"))) {
      return files
          .filter(file -> !file.toString().endsWith(".said"))
          .sorted()
          .map(BrokenTextTest::read)
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void areRefusedOrRewritten(long seed) throws IOException {
    List<String> texts = texts();
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < FILES; i++) {
      String text = broken(texts.get(random.nextInt(texts.size())), random);
      try {
        rewrite(text);
        read++;
      } catch (SettingsException e) {
        assertThat(e).message().as(text).hasLineCount(1);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", file " + i + ":\n" + text, e);
      }
    }
    assertThat(read).isBetween(FILES / 20, FILES);
  }

  private static String broken(String text, Random random) {
    StringBuilder broken = new StringBuilder(text);
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(broken.append(' ').length());
      char piece = PIECES.charAt(random.nextInt(PIECES.length()));
      switch (random.nextInt(4)) {
        case 0 -> broken.deleteCharAt(at);
        case 1 -> broken.insert(at, piece);
        case 2 -> broken.setCharAt(at, piece);
        default -> broken.delete(at, Math.min(broken.length(), at + random.nextInt(40)));
      }
    }
    return broken.toString();
  }

  private static void rewrite(String text) {
    Manifest manifest = Manifest.parse("broken", text);
    for (Workload workload : manifest.workloads()) {
      for (Outcome outcome :
          List.of(
              Injection.uninject(workload.pod()),
              Injection.inject(
                  workload.pod(), new NamespaceContext(Map.of(), true), Templates.PLAIN))) {
        if (outcome instanceof Outcome.Changed changed) {
          manifest.change(workload, changed.pod());
          break;
        }
      }
    }
    manifest.text();
  }

  @Test
  void depthAndAliasesAreBounded() {
    for (String text :
        List.of(
            "[".repeat(100_000),
            "a: ".repeat(1_000),
            "- ".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "kind: Pod\napiVersion: v1\nspec: &a [*a]",
            """
            apiVersion: v1
            kind: Pod
            a: &a [x,x,x,x,x,x,x,x,x]
            b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
            c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
            d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
            e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]
            f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]
            """)) {
      assertThatThrownBy(() -> Manifest.parse("deep", text))
          .as(text.substring(0, 10))
          .isInstanceOf(SettingsException.class);
    }
  }
}
