/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TsvFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderSinkTest {

  static final LogSchema<Long> SCHEMA =
      LogSchema.<Long>named("numbers", "Numbers.").count("n", "A number.", n -> n).build();

  @TempDir private Path folder;
  private final LossHandler losses = LossHandler.GIVE_UP;
  private long nowNs = 1_700_000_000_000_000_000L;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String unzipped(String name) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(folder.resolve(name)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private FolderSink json(Rotation rotation) {
    return new FolderSink(folder, new JsonFormat(), rotation, () -> nowNs, losses);
  }

  private FolderSink tsv() {
    return new FolderSink(folder, new TsvFormat(), Rotation.NEVER, () -> nowNs, losses);
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("numbers.log"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1_000_000})
  void appendsToTheFileOfAnEarlierRun(long rotateBytes) throws IOException {
    Files.writeString(folder.resolve("numbers.log"), "{\"n\":-1}\n");
    try (FolderSink sink = json(new Rotation(rotateBytes, 0))) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      for (long i = 0; i < 20_000; i++) {
        numbers.write(i);
      }
    }
    assertThat(names()).containsExactly("numbers.log");
    assertThat(lines())
        .hasSize(20_001)
        .startsWith("{\"n\":-1}", "{\"n\":0}")
        .endsWith("{\"n\":19999}");
  }

  @Test
  void aHeaderIsWrittenAgainOnlyForOtherColumns() throws IOException {
    for (long i = 0; i < 3; i++) {
      try (FolderSink sink = tsv()) {
        sink.open(SCHEMA).write(i);
      }
    }
    assertThat(lines().stream().filter(line -> line.startsWith("#fields"))).hasSize(1);
    assertThat(lines().stream().filter(line -> line.startsWith("#open"))).hasSize(3);
    assertThat(lines().stream().filter(line -> line.startsWith("#close"))).hasSize(3);
    assertThat(lines().stream().filter(line -> !line.startsWith("#")))
        .containsExactly("0", "1", "2");

    LogSchema<Long> wider =
        LogSchema.<Long>named("numbers", "Numbers.")
            .count("n", "A number.", n -> n)
            .count("m", "Again.", n -> n)
            .build();
    try (FolderSink sink = tsv()) {
      sink.open(wider).write(3L);
    }
    assertThat(lines().stream().filter(line -> line.startsWith("#fields")))
        .containsExactly("#fields\tn", "#fields\tn\tm");
    assertThat(lines()).contains("3\t3");
  }

  @Test
  void anotherFormatIsPutAway() throws IOException {
    Files.writeString(folder.resolve("numbers.log"), "{\"n\":-1}\n");
    try (FolderSink sink = tsv()) {
      sink.open(SCHEMA).write(1L);
    }
    assertThat(names()).hasSize(2).last().isEqualTo("numbers.log");
    assertThat(unzipped(names().getFirst())).isEqualTo("{\"n\":-1}\n");
    assertThat(lines()).contains("1").first().asString().startsWith("#separator");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"n\":7}\n", "{\"n\":7}\n{\"n\":8}\n"})
  void anIncompleteLastLineIsCutAndCounted(String whole) throws IOException {
    String longLine = "x".repeat(200_000);
    for (String part : List.of("{\"n\"", longLine)) {
      Files.writeString(folder.resolve("numbers.log"), whole + part);
      LogLosses counted = new LogLosses(() -> 0);
      try (FolderSink sink =
          new FolderSink(folder, new JsonFormat(), Rotation.NEVER, () -> nowNs, counted)) {
        sink.open(SCHEMA).write(9L);
      }
      assertThat(Files.readString(folder.resolve("numbers.log"))).isEqualTo(whole + "{\"n\":9}\n");
      assertThat(counted.counts()).containsExactly(Map.entry("numbers", 1L));
      assertThat(counted.news(0)).hasValueSatisfying(line -> assertThat(line).contains("cut off"));
      assertThat(counted.problem()).isEmpty();
    }
  }

  @Test
  void asecondWriterIsRefusedUntilTheFirstHasLeft() {
    FolderSink first = json(Rotation.NEVER);
    assertThatThrownBy(() -> json(Rotation.NEVER).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("another sensor writes there");
    first.close();
    json(Rotation.NEVER).close();
  }

  @Test
  void aLockWithoutAnOwnerIsNoObstacle() throws IOException {
    Files.writeString(folder.resolve(".podtap.lock"), "4711 of a process that was killed\n");
    try (FolderSink sink = json(Rotation.NEVER)) {
      sink.open(SCHEMA).write(1L);
    }
    assertThat(names()).containsExactly("numbers.log");
  }

  @Test
  void aFileThatIsRemovedMovedOrEmptiedIsBegunAgain() throws IOException {
    Path file = folder.resolve("numbers.log");
    try (FolderSink sink = json(Rotation.NEVER)) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      numbers.write(1L);
      sink.flush();
      Files.delete(file);
      numbers.write(2L);
      sink.flush();
      assertThat(lines()).containsExactly("{\"n\":2}");
      Files.move(file, folder.resolve("numbers.moved"));
      numbers.write(3L);
      sink.flush();
      assertThat(lines()).containsExactly("{\"n\":3}");
      Files.write(file, new byte[0]);
      numbers.write(4L);
      sink.flush();
      assertThat(lines()).containsExactly("{\"n\":4}");
    }
    assertThat(Files.readAllLines(folder.resolve("numbers.moved"))).containsExactly("{\"n\":2}");
  }

  @Test
  void afolderThatIsReplacedIsWrittenAgainAndLocked() throws IOException {
    LogLosses counted = new LogLosses(() -> 0);
    Path inner = folder.resolve("logs");
    try (FolderSink sink =
        new FolderSink(inner, new JsonFormat(), Rotation.NEVER, () -> nowNs, counted)) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      numbers.write(1L);
      sink.flush();
      Files.move(inner, folder.resolve("away"));
      Files.createFile(inner);
      numbers.write(2L);
      sink.flush();
      assertThat(counted.problem()).contains("logs cannot be written");
      Files.delete(inner);
      Files.createDirectory(inner);
      numbers.write(3L);
      sink.flush();
      assertThat(counted.problem()).isEmpty();
      assertThatThrownBy(() ->
              new FolderSink(inner, new JsonFormat(), Rotation.NEVER, () -> nowNs, counted).close())
          .hasMessageContaining("another sensor");
    }
    assertThat(Files.readAllLines(inner.resolve("numbers.log")))
        .containsExactly("{\"n\":2}", "{\"n\":3}");
    assertThat(counted.counts()).isEmpty();
  }

  @Test
  void afolderThatIsRemovedIsMadeAgainAndLocked() throws IOException {
    Path inner = folder.resolve("a").resolve("logs");
    try (FolderSink sink =
        new FolderSink(
            inner, new JsonFormat(), Rotation.NEVER, () -> nowNs, new LogLosses(() -> 0))) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      numbers.write(1L);
      sink.flush();
      Files.move(inner.getParent(), folder.resolve("away"));
      numbers.write(2L);
      sink.flush();
      assertThat(Files.readAllLines(inner.resolve("numbers.log"))).containsExactly("{\"n\":2}");
      assertThatThrownBy(() ->
              new FolderSink(
                      inner, new JsonFormat(), Rotation.NEVER, () -> nowNs, new LogLosses(() -> 0))
                  .close())
          .hasMessageContaining("another sensor");
    }
  }

  @Test
  void aSymbolicLinkIsRefusedAndItsTargetStays() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious\n");
    Files.createSymbolicLink(folder.resolve("numbers.log"), victim);
    try (FolderSink sink = json(Rotation.NEVER)) {
      assertThatThrownBy(() -> sink.open(SCHEMA))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("symbolic link");
    }
    Files.delete(folder.resolve("numbers.log"));
    LogLosses counted = new LogLosses(() -> 0);
    try (FolderSink sink =
        new FolderSink(folder, new JsonFormat(), Rotation.NEVER, () -> nowNs, counted)) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      numbers.write(1L);
      sink.flush();
      Files.delete(folder.resolve("numbers.log"));
      Files.createSymbolicLink(folder.resolve("numbers.log"), victim); // put there while it runs
      numbers.write(2L);
      sink.flush();
      assertThat(counted.problem()).contains("symbolic link");
    }
    assertThat(victim).hasContent("precious\n");
    assertThat(counted.counts()).containsExactly(Map.entry("numbers", 1L));
  }

  @Test
  void whatAKilledProcessHasPutAwayIsCompressed() throws IOException {
    String stamps = "2023-11-14-22-13-20-2023-11-14-23-13-20";
    Files.writeString(folder.resolve("numbers." + stamps + ".log"), "one\n");
    Files.writeString(folder.resolve("numbers." + stamps + "-2.log"), "two\n");
    Files.writeString(folder.resolve("numbers." + stamps + "-2.log.gz.part"), "half");
    Files.writeString(folder.resolve("numbers." + stamps + "-2.log.gz"), "from before the kill");
    Files.writeString(folder.resolve("numbers.of-somebody-else.log"), "not ours\n");
    json(Rotation.NEVER).close();
    assertThat(names())
        .containsExactly(
            "numbers." + stamps + "-2.log.gz",
            "numbers." + stamps + ".log.gz",
            "numbers.of-somebody-else.log");
    assertThat(unzipped("numbers." + stamps + ".log.gz")).isEqualTo("one\n");
    assertThat(unzipped("numbers." + stamps + "-2.log.gz")).isEqualTo("two\n");
  }

  @Test
  void makesNoFileWithoutARecord() throws IOException {
    try (FolderSink sink =
        new FolderSink(
            folder, new JsonFormat(), Rotation.NEVER, () -> nowNs, LossHandler.GIVE_UP)) {
      sink.open(SCHEMA);
      sink.flush();
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void rotatesByAgeAndCompresses() throws IOException {
    Rotation hourly = new Rotation(0, 3_600_000_000_000L);
    try (FolderSink sink =
        new FolderSink(folder, new TsvFormat(), hourly, () -> nowNs, LossHandler.GIVE_UP)) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      numbers.write(1L);
      sink.flush();
      nowNs += 3_600_000_000_000L;
      numbers.write(2L);
      sink.flush();
      numbers.write(3L);
    }
    assertThat(names())
        .containsExactly("numbers.2023-11-14-22-13-20-2023-11-14-23-13-20.log.gz", "numbers.log");
    assertThat(unzipped(names().getFirst()).lines())
        .contains("1", "2", "#close\t2023-11-14-23-13-20")
        .doesNotContain("3");
    assertThat(Files.readString(folder.resolve("numbers.log")).lines())
        .contains("3")
        .anyMatch(line -> line.startsWith("#close"));
  }

  @Test
  void rotatesBySizeUnderNamesThatNeverCollide() throws IOException {
    try (FolderSink sink =
        new FolderSink(
            folder, new JsonFormat(), new Rotation(8, 0), () -> nowNs, LossHandler.GIVE_UP)) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      for (long i = 0; i < 3; i++) {
        numbers.write(i);
        sink.flush();
      }
    }
    assertThat(names()).hasSize(3).allMatch(name -> name.endsWith(".log.gz"));
  }

  @Test
  void putsAwayWhatAnEarlierRunLeftBehindWhenAsked() throws IOException {
    Files.writeString(folder.resolve("numbers.log"), "left behind\n");
    FolderSettings settings =
        new FolderSettings(folder, Rotation.NEVER, FolderSettings.Older.PUT_AWAY, 1_000);
    try (FolderSink sink = new FolderSink(settings, new JsonFormat(), () -> nowNs, losses)) {
      sink.open(SCHEMA).write(1L);
    }
    assertThat(names()).hasSize(2).contains("numbers.log");
    assertThat(unzipped(names().getFirst())).isEqualTo("left behind\n");
  }

  @Test
  void refusesAFolderThatCannotBe() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() ->
            new FolderSink(file, new JsonFormat(), Rotation.NEVER, () -> nowNs, LossHandler.GIVE_UP)
                .close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("log folder");
    assertThatThrownBy(() -> new Rotation(-1, 0)).isInstanceOf(SettingsException.class);
  }

  @Test
  void writesSeveralLogsToOneStream() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (StreamSink sink = new StreamSink(output, new JsonFormat(), () -> nowNs)) {
      sink.open(SCHEMA).write(1L);
      sink.open(SCHEMA).write(2L);
    }
    assertThat(output).hasToString("{\"n\":1}\n{\"n\":2}\n");
  }
}
