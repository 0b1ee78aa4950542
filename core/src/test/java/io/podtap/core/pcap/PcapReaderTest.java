/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PcapReaderTest {

  /** What a handler saw, kept. */
  private record Seen(
      long timestampNs, int linkType, int interfaceIndex, int originalLength, List<Byte> bytes) {}

  private static final class Collector implements FrameHandler {
    final List<Seen> frames = new ArrayList<>();
    int batches;

    @Override
    public void onFrame(Frame frame) {
      List<Byte> bytes = new ArrayList<>();
      for (int i = 0; i < frame.length(); i++) {
        bytes.add(frame.segment().get(ValueLayout.JAVA_BYTE, frame.offset() + i));
      }
      frames.add(
          new Seen(
              frame.timestampNs(),
              frame.linkType(),
              frame.interfaceIndex(),
              frame.originalLength(),
              bytes));
    }

    @Override
    public void onBatchEnd() {
      batches++;
    }
  }

  private static Collector readAll(PcapReader reader) {
    Collector collector = new Collector();
    while (reader.poll(collector) != PcapReader.END) {
      assertThat(collector.batches).isLessThan(1_000_000);
    }
    return collector;
  }

  private static Collector readAll(byte[] bytes) {
    try (PcapReader reader = PcapReader.open("test", CaptureBytes.channel(bytes, bytes.length))) {
      Collector collector = readAll(reader);
      assertThat(reader.problem()).isEmpty();
      return collector;
    }
  }

  private static ByteOrder order(String name) {
    return name.equals("little") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  @ParameterizedTest
  @CsvSource({
    "little, A1B2C3D4, 1000",
    "big, A1B2C3D4, 1000",
    "little, A1B23C4D, 1",
    "big, A1B23C4D, 1"
  })
  void readsClassicPcapInBothByteOrdersAndResolutions(String order, String magic, long fractionNs) {
    byte[] file =
        new CaptureBytes(order(order))
            .pcapHeader(Integer.parseUnsignedInt(magic, 16), LinkType.RAW)
            .record(1_700_000_000, 999_999, 60, (byte) 1, (byte) 2, (byte) 3)
            .record(-1, 0, 1, (byte) 4)
            .toArray();

    assertThat(readAll(file).frames)
        .containsExactly(
            new Seen(
                1_700_000_000_000_000_000L + 999_999 * fractionNs,
                LinkType.RAW,
                0,
                60,
                List.of((byte) 1, (byte) 2, (byte) 3)),
            new Seen(4_294_967_295_000_000_000L, LinkType.RAW, 0, 1, List.of((byte) 4)));
  }

  @Test
  void readsKuznetzovsLongerRecordHeaders() {
    byte[] file =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
            .pcapHeader(0xA1B2_CD34, LinkType.ETHERNET)
            .record(5, 6, 9)
            .toArray();
    byte[] whole = java.util.Arrays.copyOf(file, file.length + 9);
    whole[24 + 8] = 1; // captured length
    whole[whole.length - 1] = 77;

    assertThat(readAll(whole).frames)
        .containsExactly(new Seen(5_000_006_000L, LinkType.ETHERNET, 0, 9, List.of((byte) 77)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"little", "big"})
  void readsEveryPacketBlockOfPcapng(String order) {
    byte[] file =
        new CaptureBytes(order(order))
            .section(order(order))
            .plainInterfaceBlock(LinkType.ETHERNET)
            .interfaceBlock(LinkType.RAW, 2, 9, 100)
            .unknown(5, 16)
            .enhanced(0, 1_000_001, 70, (byte) 1, (byte) 2, (byte) 3)
            .enhanced(1, 1_000_001, 1, (byte) 4)
            .obsolete(1, 7, (byte) 5)
            .simple(3, (byte) 6, (byte) 7, (byte) 8)
            .toArray();

    assertThat(readAll(file).frames)
        .containsExactly(
            new Seen(
                1_000_001_000L, LinkType.ETHERNET, 0, 70, List.of((byte) 1, (byte) 2, (byte) 3)),
            new Seen(100_001_000_001L, LinkType.RAW, 1, 1, List.of((byte) 4)),
            new Seen(100_000_000_007L, LinkType.RAW, 1, 1, List.of((byte) 5)),
            new Seen(0, LinkType.ETHERNET, 0, 3, List.of((byte) 6, (byte) 7, (byte) 8)));
  }

  @Test
  void numbersInterfacesThroughSectionsOfDifferentByteOrder() {
    byte[] file =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
            .section(ByteOrder.LITTLE_ENDIAN)
            .plainInterfaceBlock(LinkType.ETHERNET)
            .enhanced(0, 1, 1, (byte) 1)
            .section(ByteOrder.BIG_ENDIAN)
            .plainInterfaceBlock(LinkType.RAW)
            .enhanced(0, 2, 1, (byte) 2)
            .toArray();

    assertThat(readAll(file).frames)
        .containsExactly(
            new Seen(1_000, LinkType.ETHERNET, 0, 1, List.of((byte) 1)),
            new Seen(2_000, LinkType.RAW, 1, 1, List.of((byte) 2)));
  }

  @Test
  void skipsAnUnknownBlockLargerThanTheBuffer() {
    byte[] head =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
            .section(ByteOrder.LITTLE_ENDIAN)
            .plainInterfaceBlock(LinkType.ETHERNET)
            .toArray();
    int huge = 3 << 20;
    byte[] tail = new CaptureBytes(ByteOrder.LITTLE_ENDIAN).enhanced(0, 1, 1, (byte) 9).toArray();
    java.nio.ByteBuffer all =
        java.nio.ByteBuffer.allocate(head.length + huge + tail.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    all.put(head).putInt(0x4242).putInt(huge).put(new byte[huge - 8]).put(tail);

    assertThat(readAll(all.array()).frames).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "6, 1500000, 1500000000",
    "9, 1500000, 1500000",
    "3, 1500, 1500000000",
    "0, 15, 15000000000",
    "12, 1500000, 1500",
    "128, 15, 15000000000", // 2^-0
    "138, 1536, 1500000000", // 2^-10
    "160, 6442450944, 1500000000", // 2^-32
    "191, -4611686018427387904, 1500000000", // 2^-63
    "255, 1, 0"
  })
  void convertsTimeResolutions(int resolution, long ticks, long expectedNs) {
    assertThat(PcapngFormat.toNs(ticks, resolution)).isEqualTo(expectedNs);
  }

  @Test
  void handsOverAllWholePacketsOfAFileCutAtAnyByte() {
    CaptureBytes classic =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
            .pcapHeader(PcapFormat.MAGIC_NANOSECONDS, LinkType.ETHERNET);
    CaptureBytes next =
        new CaptureBytes(ByteOrder.BIG_ENDIAN)
            .section(ByteOrder.BIG_ENDIAN)
            .plainInterfaceBlock(LinkType.ETHERNET);
    for (CaptureBytes file : List.of(classic, next)) {
      List<Integer> ends = new ArrayList<>(List.of(file.length()));
      for (int i = 0; i < 5; i++) {
        if (file == classic) {
          file.record(i, i, 9, (byte) i, (byte) i);
        } else {
          file.enhanced(0, i, 9, (byte) i, (byte) i).unknown(99, 8);
        }
        ends.add(file.length());
      }
      byte[] all = file.toArray();
      for (int length = ends.getFirst(); length <= all.length; length++) {
        checkCut(all, length, ends, file == classic ? 0 : 20);
      }
    }
  }

  /** The packet is whole {@code slack} bytes before its end in {@code ends}. */
  private static void checkCut(byte[] all, int length, List<Integer> ends, int slack) {
    int cut = length;
    long whole = ends.stream().skip(1).filter(end -> end - slack <= cut).count();
    try (PcapReader reader = PcapReader.open("test", CaptureBytes.channel(all, length))) {
      assertThat(readAll(reader).frames).hasSize((int) whole);
      boolean clean =
          ends.contains(cut) || (slack > 0 && ends.stream().anyMatch(end -> end - slack == cut));
      assertThat(reader.problem().isEmpty()).as("cut at %d", cut).isEqualTo(clean);
      reader.problem().ifPresent(text -> assertThat(text).contains("truncated").contains("byte "));
    }
  }

  @Test
  void namesTheByteOfADamagedRecordAndKeepsWhatCameBefore() {
    byte[] file =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
            .pcapHeader(0xA1B2_C3D4, LinkType.ETHERNET)
            .record(1, 0, 1, (byte) 1)
            .record(1, 0, 1, (byte) 2)
            .toArray();
    file[24 + 17 + 8 + 3] = 0x7F; // captured length of the second record
    try (PcapReader reader = PcapReader.open("test", CaptureBytes.channel(file, file.length))) {
      assertThat(readAll(reader).frames).hasSize(1);
      assertThat(reader.problem())
          .contains("invalid captured length 2130706433 at byte 41 of 'test'");
    }
  }

  @Test
  void refusesWhatIsNoCapture(@TempDir Path folder) throws Exception {
    Path text =
        Files.writeString(folder.resolve("text"), "this is no capture but a text of some length");
    Path empty = Files.createFile(folder.resolve("empty"));
    Path shortFile = Files.write(folder.resolve("short"), new byte[] {(byte) 0xD4, (byte) 0xC3});

    assertThatThrownBy(() -> PcapReader.open(text))
        .isInstanceOf(SettingsException.class)
        .hasMessage("'" + text + "' is not a pcap or pcapng capture");
    assertThatThrownBy(() -> PcapReader.open(empty)).hasMessageContaining("is empty");
    assertThatThrownBy(() -> PcapReader.open(shortFile)).hasMessageContaining("is not a pcap");
    assertThatThrownBy(() -> PcapReader.open(folder)).hasMessageContaining("is a folder");
    assertThatThrownBy(() -> PcapReader.open(folder.resolve("absent")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void endsEveryBatchBeforeItsBytesMove(@TempDir Path folder) {
    Path file = folder.resolve("large.pcap");
    byte[] payload = new byte[1_000];
    try (PcapWriter writer = PcapWriter.create(file, LinkType.ETHERNET)) {
      for (int i = 0; i < 5_000; i++) {
        payload[0] = (byte) i;
        writer.write(MemorySegment.ofArray(payload), 0, 1_000, 1_500, i);
      }
      writer.write(MemorySegment.ofArray(new byte[262_144]), 0, 262_144, 262_144, 5_000);
    }
    List<byte[]> kept = new ArrayList<>();
    int[] inBatch = {0, 0};
    try (PcapReader reader = PcapReader.open(file)) {
      List<long[]> places = new ArrayList<>();
      MemorySegment[] memory = new MemorySegment[1];
      FrameHandler handler =
          new FrameHandler() {
            @Override
            public void onFrame(Frame frame) {
              memory[0] = frame.segment();
              places.add(new long[] {frame.offset(), frame.length(), frame.timestampNs()});
              inBatch[0]++;
            }

            @Override
            public void onBatchEnd() {
              inBatch[1] = Math.max(inBatch[1], inBatch[0]);
              inBatch[0] = 0;
              for (long[] place : places) {
                byte first = memory[0].get(ValueLayout.JAVA_BYTE, place[0]);
                kept.add(new byte[] {first, place[1] == 1_000 ? (byte) place[2] : 0});
              }
              places.clear();
            }
          };
      while (reader.poll(handler) != PcapReader.END) {
        assertThat(inBatch[1]).isBetween(1, PcapReader.BATCH_FRAMES_MAX);
      }
      assertThat(reader.problem()).isEmpty();
    }
    assertThat(kept).hasSize(5_001).allSatisfy(pair -> assertThat(pair[0]).isEqualTo(pair[1]));
  }
}
