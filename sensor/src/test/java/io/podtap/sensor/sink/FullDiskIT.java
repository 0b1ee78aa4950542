/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TsvFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up and is emptied again: a small file system in memory. */
@RequiresRoot
class FullDiskIT {

  private static final int DISK_BYTES = 256 << 10;

  @TempDir private Path folder;
  private final LogLosses losses = new LogLosses();
  private Path disk = Path.of("");

  @BeforeEach
  void mountDisk() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", disk.toString());
  }

  @AfterEach
  void unmountDisk() throws Exception {
    run("umount", disk.toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static LogSchema<Long> schema() {
    return FolderSinkTest.SCHEMA;
  }

  private void fill() throws IOException {
    int free = (int) Files.getFileStore(disk).getUsableSpace();
    Files.write(disk.resolve("filler"), new byte[free]);
  }

  @Test
  void countsWhatIsLostAndGoesOnWhenSpaceReturns() throws Exception {
    long written = 0;
    try (FolderSink sink =
        new FolderSink(disk, new JsonFormat(), Rotation.NEVER, () -> 0, losses)) {
      LogStream<Long> log = sink.open(schema());
      written = write(log, sink, written, 100);
      fill();
      written = write(log, sink, written, 100_000);
      assertThat(losses.counts()).containsOnlyKeys("numbers");
      assertThat(losses.news(0)).get().asString().contains("numbers.log", "No space left");
      Files.delete(disk.resolve("filler"));
      written = write(log, sink, written, 1_000);
    }

    List<String> lines = Files.readAllLines(disk.resolve("numbers.log"));
    assertThat(lines)
        .allMatch(line -> line.matches("\\{\"n\":\\d+}"))
        .doesNotHaveDuplicates()
        .contains("{\"n\":" + (written - 1) + "}")
        .hasSize((int) (written - losses.counts().getOrDefault("numbers", 0L)));
  }

  private static long write(LogStream<Long> log, FolderSink sink, long from, int count) {
    for (long n = from; n < from + count; n++) {
      log.write(n);
    }
    sink.flush();
    return from + count;
  }

  @Test
  void losesNothingWhenTheDiskIsFullForAMoment() throws Exception {
    try (FolderSink sink = new FolderSink(disk, new TsvFormat(), Rotation.NEVER, () -> 0, losses)) {
      LogStream<Long> log = sink.open(schema());
      fill();
      write(log, sink, 0, 10);
      sink.flush();
      Files.delete(disk.resolve("filler"));
    }

    assertThat(losses.counts()).isEmpty();
    assertThat(Files.readAllLines(disk.resolve("numbers.log")))
        .contains("0", "9")
        .filteredOn(line -> line.startsWith("#fields"))
        .hasSize(1);
  }
}
