/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapReader;
import io.podtap.core.pcap.PcapWriter;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.source.FileSource;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.testing.FrameBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording writes, read by hand. */
final class RecordingTest {

  private static final long TIMESTAMP_NS = 1_700_000_000_123_456_789L;
  private static final int TCP = 6;

  /** One record of a capture file. */
  private record Written(long timestampNs, int originalLength, ByteBuffer bytes) {}

  @TempDir private Path folder;
  private final List<byte[]> frames = new ArrayList<>();

  RecordingTest() {
    Random random = new Random(3);
    for (int i = 0; i < 30; i++) {
      frames.add(new FrameBuilder().protocol(TCP).payload(random, i * 45).build());
    }
  }

  private Path captured() {
    Path file = folder.resolve("in.pcap");
    try (PcapWriter writer = PcapWriter.create(file, LinkType.ETHERNET)) {
      for (byte[] frame : frames) {
        writer.write(MemorySegment.ofArray(frame), 0, frame.length, frame.length, TIMESTAMP_NS);
      }
    }
    return file;
  }

  private Recording open(FileChannel out, int snaplen) {
    return new Recording(
        FileSource.open(new SourceSettings.CaptureFile(captured(), false, "")),
        "",
        new SegmentSettings(snaplen),
        new RecordingFile(out));
  }

  private List<Written> record(int snaplen) throws IOException {
    Path file = folder.resolve("out.pcapng");
    FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try (Recording recording = open(out, snaplen)) {
      recording.run();
      assertThat(recording.finish()).contains("packets written 30, frames failed 0");
    }
    List<Written> records = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(file)) {
      while (reader.poll(new Collector(records)) != FrameSource.END) {
        assertThat(reader.problem()).isEmpty();
      }
    }
    return records;
  }

  /** Copies what is read. */
  private record Collector(List<Written> records) implements FrameHandler {

    @Override
    public void onFrame(Frame frame) {
      ByteBuffer bytes = frame.segment().asSlice(frame.offset(), frame.length()).asByteBuffer();
      records.add(
          new Written(
              frame.timestampNs(),
              frame.originalLength(),
              ByteBuffer.allocate(frame.length()).put(bytes).flip()));
    }

    @Override
    public void onBatchEnd() {}
  }

  @Test
  void packetsAreWrittenAsTheyWere() throws IOException {
    List<Written> records = record(SegmentSettings.SNAPLEN_MAX);
    assertThat(records).hasSize(frames.size());
    for (int i = 0; i < frames.size(); i++) {
      assertThat(records.get(i).bytes().array()).isEqualTo(frames.get(i));
      assertThat(records.get(i).originalLength()).isEqualTo(frames.get(i).length);
      assertThat(records.get(i).timestampNs()).isEqualTo(TIMESTAMP_NS);
    }
  }

  @Test
  void cutPacketsSayHowLongTheyWere() throws IOException {
    List<Written> records = record(100);
    for (int i = 0; i < frames.size(); i++) {
      assertThat(records.get(i).bytes().array()).hasSize(Math.min(100, frames.get(i).length));
      assertThat(records.get(i).originalLength()).isEqualTo(frames.get(i).length);
    }
  }

  @Test
  void aReaderThatHasGoneEndsIt() throws IOException {
    Path file = Files.createFile(folder.resolve("closed"));
    FileChannel closed = FileChannel.open(file, StandardOpenOption.WRITE);
    Recording recording = open(closed, 100);
    closed.close();
    assertThatThrownBy(recording::run).isInstanceOf(UncheckedIOException.class);
    recording.close();
  }
}
