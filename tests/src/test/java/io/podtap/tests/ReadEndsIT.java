/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code podtap read} ended by a signal, and of a pipe that stays open: records appear as flows
 * end, and nothing that was read is lost.
 */
class ReadEndsIT {

  private static final int LINK_TYPE_RAW = 101;
  private static final int CLOSED = 2_000;
  private static final int SYN = 0x02;
  private static final int FIN_ACK = 0x11;
  private static final int SYN_ACK = 0x12;
  private static final int ACK = 0x10;

  @TempDir private Path folder;

  private Path logs() {
    return folder.resolve("logs");
  }

  private static byte[] fileHeader() {
    return ByteBuffer.allocate(24)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0xA1B2C3D4)
        .putShort((short) 2)
        .putShort((short) 4)
        .putLong(0)
        .putInt(65_535)
        .putInt(LINK_TYPE_RAW)
        .array();
  }

  /** One TCP segment without payload between a client's port and port 9,999, with its record. */
  private static byte[] segment(
      long timeUs, boolean fromClient, int port, int flags, int sequence, int acknowledged) {
    ByteBuffer record = ByteBuffer.allocate(16 + 40).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt((int) (timeUs / 1_000_000)).putInt((int) (timeUs % 1_000_000));
    record.putInt(40).putInt(40).order(ByteOrder.BIG_ENDIAN);
    record.putShort((short) 0x4500).putShort((short) 40).putInt(0).put((byte) 64).put((byte) 6);
    record.putShort((short) 0);
    record.putInt(fromClient ? 0x0A000001 : 0x0A000002);
    record.putInt(fromClient ? 0x0A000002 : 0x0A000001);
    record.putShort((short) (fromClient ? port : 9_999));
    record.putShort((short) (fromClient ? 9_999 : port));
    record.putInt(sequence).putInt(acknowledged).put((byte) 0x50).put((byte) flags);
    return record.putShort((short) 1_000).array();
  }

  private static void wholeConnection(OutputStream out, long timeUs, int port) throws IOException {
    out.write(segment(timeUs, true, port, SYN, 1_000, 0));
    out.write(segment(timeUs + 10, /* fromClient= */ false, port, SYN_ACK, 5_000, 1_001));
    out.write(segment(timeUs + 20, true, port, ACK, 1_001, 5_001));
    out.write(segment(timeUs + 30, true, port, FIN_ACK, 1_001, 5_001));
    out.write(segment(timeUs + 40, /* fromClient= */ false, port, FIN_ACK, 5_001, 1_002));
    out.write(segment(timeUs + 50, true, port, ACK, 1_002, 5_002));
    out.flush();
  }

  private Program read(String input, String... more) {
    String[] arguments =
        Stream.concat(
                Stream.of(
                    "read", "--ignore-checksums", "--format", "tsv", "--logs", logs().toString()),
                Stream.concat(Stream.of("--pcap", input), Stream.of(more)))
            .toArray(String[]::new);
    return Program.start(List.of(), Map.of(), folder, "read", arguments);
  }

  private List<String> records() throws IOException {
    Path file = logs().resolve("conn.log");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList()
        : List.of();
  }

  private String lastLine() throws IOException {
    return Files.readAllLines(logs().resolve("conn.log")).getLast();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT 1 file", "TERM 1 file", "TERM 2 file", "INT 1 stdin"})
  void aPipeThatStaysOpenShowsFlowsAsTheyEnd(String how) throws IOException {
    String[] words = how.split(" ", -1);
    Path pipe = folder.resolve("pipe");
    Commands.run("mkfifo", pipe.toString());
    List<String> prefix =
        words[2].equals("file")
            ? List.of()
            : List.of("sh", "-c", "exec \"$0\" \"$@\" < '" + pipe + "'");
    String[] arguments = {
      "read",
      "--ignore-checksums",
      "--format",
      "tsv",
      "--workers",
      words[1],
      "--logs",
      logs().toString(),
      "--pcap",
      words[2].equals("file") ? pipe.toString() : "-"
    };
    long timeUs = 1_700_000_000_000_000L; // long ago: time goes on from the last packet's
    try (Program program = Program.start(prefix, Map.of(), folder, "read", arguments);
        OutputStream out = Files.newOutputStream(pipe)) {
      out.write(fileHeader());
      wholeConnection(out, timeUs, 40_001);
      await().atMost(Duration.ofSeconds(60)).until(() -> records().size() == 1);
      out.write(segment(timeUs + 60_000_000, true, 40_002, SYN, 1_000, 0));
      out.flush();
      await().during(Duration.ofMillis(500)).atMost(10, SECONDS).until(() -> records().size() == 1);
      program.signal(words[0]);
      assertThat(program.await()).isZero();
      assertThat(program.errorOutput()).contains("the logs hold what was read");
    }
    assertThat(records()).hasSize(2).anyMatch(line -> line.contains("\t40002\t"));
    assertThat(lastLine()).startsWith("#close");
  }

  @Test
  void aSignalBeforeTheFirstByteEndsIt() throws IOException {
    Path pipe = folder.resolve("pipe");
    Commands.run("mkfifo", pipe.toString());
    try (Program program = read(pipe.toString())) {
      // Its own threads answer signals before the pipe is opened for reading.
      try (OutputStream out = Files.newOutputStream(pipe)) {
        program.signal("INT");
        assertThat(program.await()).isZero();
        out.flush();
      }
    }
  }

  @Test
  void aLargeFileStoppedInTheMiddleKeepsItsOpenFlows() throws IOException {
    Path file = folder.resolve("large.pcap");
    long timeUs = 1_700_000_000_000_000L;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(fileHeader());
      for (int i = 0; i < CLOSED; i++) { // more than a buffer of records: the log is then begun
        wholeConnection(out, timeUs + i, 10_000 + i);
      }
      timeUs += 60_000_000;
      for (int i = 0; i < 4_000_000; i++) {
        int flags = i < 100 ? SYN : ACK;
        out.write(segment(timeUs + i, true, 40_000 + i % 100, flags, 1_000 + (i < 100 ? 0 : 1), 1));
      }
    }
    try (Program program = read(file.toString())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(logs().resolve("conn.log")));
      program.signal("TERM");
      assertThat(program.await()).isZero();
      assertThat(program.errorOutput()).contains("the logs hold what was read");
    }
    assertThat(records()).hasSize(CLOSED + 100);
    assertThat(lastLine()).startsWith("#close");
    assertThat(Files.exists(logs().resolve(".podtap.lock"))).isFalse();
  }

  @Test
  void aSecondReaderIntoTheSameFolderIsRefused() throws IOException {
    Path pipe = folder.resolve("pipe");
    Commands.run("mkfifo", pipe.toString());
    try (Program first = read(pipe.toString());
        OutputStream out = Files.newOutputStream(pipe)) {
      out.write(fileHeader());
      wholeConnection(out, 1_700_000_000_000_000L, 40_001);
      await().atMost(Duration.ofSeconds(60)).until(() -> records().size() == 1);
      Path small = Files.write(folder.resolve("small.pcap"), fileHeader());
      try (Program second =
          Program.start(
              List.of(),
              Map.of(),
              folder,
              "second",
              "read",
              "--pcap",
              small.toString(),
              "--logs",
              logs().toString())) {
        assertThat(second.await()).isEqualTo(2);
        assertThat(second.errorOutput().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
        assertThat(second.errorOutput()).contains("another sensor writes there");
      }
      first.signal("KILL");
      assertThat(first.await()).isNotZero();
    }
    try (Program third = read(Files.write(folder.resolve("s.pcap"), fileHeader()).toString())) {
      assertThat(third.await()).isZero(); // the lock went with the one that was killed
    }
  }
}
