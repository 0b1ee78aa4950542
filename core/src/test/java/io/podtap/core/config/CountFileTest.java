/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountFileTest {

  @TempDir private Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8);

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theFileIsThereWhenItIsWholeAndNotBefore() throws IOException {
    Path file = folder.resolve("counts.json");
    try (CountFile counts = CountFile.open(file)) {
      assertThat(names()).isEmpty();
      assertThat(counts.write("{}\n", log)).isTrue();
    }
    assertThat(names()).containsExactly("counts.json");
    assertThat(file).hasContent("{}\n");
    try (CountFile counts = CountFile.open(file)) {
      assertThat(file).hasContent("{}\n");
      assertThat(counts.write("{\"a\":1}\n", log)).isTrue();
    }
    assertThat(file).hasContent("{\"a\":1}\n");
    assertThat(said.size()).isZero();
  }

  @Test
  void aFullDiskIsOneLine() {
    try (CountFile counts = CountFile.open(Path.of("/dev/full"))) {
      assertThat(counts.write("{}\n", log)).isFalse();
    }
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("podtap: count file '/dev/full' cannot be written: ")
        .contains("No space left");
  }

  @Test
  void aFolderThatIsGoneIsOneLineAndNoFile() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    try (CountFile counts = CountFile.open(inner.resolve("counts.json"))) {
      Files.delete(inner);
      assertThat(counts.write("{}\n", log)).isFalse();
    }
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .endsWith("its folder does not exist");
    assertThat(names()).isEmpty();
  }

  @Test
  void whatCannotBeWrittenIsRefusedAtOnce() {
    assertThatThrownBy(() -> CountFile.open(folder.resolve("none/counts.json")).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("its folder does not exist");
    assertThatThrownBy(() -> CountFile.open(folder).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("it is a folder");
  }
}
