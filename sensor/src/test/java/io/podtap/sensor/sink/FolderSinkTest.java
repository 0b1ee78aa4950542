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
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSinkTest {

  static final LogSchema<Long> SCHEMA =
      LogSchema.<Long>named("numbers", "Numbers.").count("n", "A number.", n -> n).build();

  @TempDir private Path folder;
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

  @Test
  void writesOneFileThatReplacesAnOlderOne() throws IOException {
    Files.writeString(folder.resolve("numbers.log"), "old\n");
    try (FolderSink sink =
        new FolderSink(
            folder, new JsonFormat(), Rotation.NEVER, () -> nowNs, LossHandler.GIVE_UP)) {
      LogStream<Long> numbers = sink.open(SCHEMA);
      for (long i = 0; i < 20_000; i++) {
        numbers.write(i);
      }
    }
    assertThat(names()).containsExactly("numbers.log");
    assertThat(Files.readAllLines(folder.resolve("numbers.log")))
        .hasSize(20_000)
        .startsWith("{\"n\":0}")
        .endsWith("{\"n\":19999}");
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
  void putsAwayWhatAnEarlierRunLeftBehind() throws IOException {
    Files.writeString(folder.resolve("numbers.log"), "left behind\n");
    try (FolderSink sink =
        new FolderSink(
            folder, new JsonFormat(), new Rotation(1_000, 0), () -> nowNs, LossHandler.GIVE_UP)) {
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
