/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PcapngStreamTest {

  private static final byte[] DATA = {1, 2, 3, 4, 5, 6, 7};

  /** Everything that a stream said, in order, as text. */
  private static final class Listener implements FrameHandler, PcapngComments {
    final List<String> heard = new ArrayList<>();

    @Override
    public void onFrame(Frame frame) {
      StringBuilder text = new StringBuilder();
      text.append(frame.timestampNs()).append(' ').append(frame.interfaceIndex()).append(' ');
      text.append(frame.linkType()).append(frame.isOutgoing() ? " out " : " in ");
      text.append(frame.originalLength());
      for (int i = 0; i < frame.length(); i++) {
        text.append(' ').append(frame.segment().get(ValueLayout.JAVA_BYTE, frame.offset() + i));
      }
      heard.add(text.toString());
    }

    @Override
    public void onBatchEnd() {}

    @Override
    public void onSection(String comment) {
      heard.add("section " + comment);
    }

    @Override
    public void onStatistics(String comment) {
      heard.add("statistics " + comment);
    }
  }

  /** Every kind of block, in both byte orders. */
  static byte[] everything() {
    return new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
        .section(ByteOrder.LITTLE_ENDIAN, "pod=web-1")
        .interfaceBlock(1, 0, 9, 0)
        .enhanced(0, 1_700_000_000_000_000_001L, 90, DATA)
        .unknown(0x0BAD, 100)
        .outgoing(0, 1_700_000_000_000_000_002L, DATA)
        .statistics("lost=0")
        .section(ByteOrder.BIG_ENDIAN)
        .plainInterfaceBlock(101)
        .enhanced(0, 5, 7, DATA)
        .simple(4, (byte) 9, (byte) 8, (byte) 7, (byte) 6)
        .toArray();
  }

  private static final List<String> EVERYTHING =
      List.of(
          "section pod=web-1",
          "1700000000000000001 0 1 in 90 1 2 3 4 5 6 7",
          "1700000000000000002 0 1 out 7 1 2 3 4 5 6 7",
          "statistics lost=0",
          "5000 1 101 in 7 1 2 3 4 5 6 7",
          "0 1 101 in 4 9 8 7 6");

  /** Feeds a stream in pieces that are gone when they have been taken. */
  private static boolean feed(PcapngStream stream, byte[] bytes, int piece, Listener listener) {
    for (int at = 0; at < bytes.length; at += piece) {
      int length = Math.min(piece, bytes.length - at);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocate(length);
        MemorySegment.copy(bytes, at, memory, ValueLayout.JAVA_BYTE, 0, length);
        if (!stream.take(memory, length, listener)) {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void isTheSameHoweverItIsCut() {
    byte[] bytes = everything();
    for (int piece = 1; piece <= bytes.length; piece++) {
      Listener listener = new Listener();
      PcapngStream stream = new PcapngStream(listener);
      assertThat(feed(stream, bytes, piece, listener)).isTrue();
      assertThat(listener.heard).as("pieces of %d", piece).isEqualTo(EVERYTHING);
      assertThat(stream.isWhole()).isTrue();
      assertThat(stream.frames()).isEqualTo(4);
    }
  }

  @Test
  void aBlockThatIsTooLongEndsTheStream() {
    byte[] bytes =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
            .section(ByteOrder.LITTLE_ENDIAN)
            .plainInterfaceBlock(1)
            .enhanced(0, 0, 7, DATA)
            .toArray();
    bytes[48 + 6] = 8; // 512 KiB
    Listener listener = new Listener();
    PcapngStream stream = new PcapngStream(listener);
    assertThat(feed(stream, bytes, 16, listener)).isFalse();
    assertThat(stream.problem()).startsWith("block of 52");
    assertThat(listener.heard).isEmpty();
  }

  @Test
  void interfacesAreBounded() {
    Listener listener = new Listener();
    byte[] section =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN).section(ByteOrder.LITTLE_ENDIAN).toArray();
    byte[] one = new CaptureBytes(ByteOrder.LITTLE_ENDIAN).plainInterfaceBlock(1).toArray();
    PcapngStream stream = new PcapngStream(listener);
    feed(stream, section, section.length, listener);
    for (int i = 0; i < PcapngStream.INTERFACES_MAX; i++) {
      assertThat(feed(stream, one, one.length, listener)).isTrue();
    }
    assertThat(feed(stream, one, one.length, listener)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void survivesMutation(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      byte[] bytes = everything();
      for (int i = random.nextInt(8); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Listener listener = new Listener();
      PcapngStream stream = new PcapngStream(listener);
      boolean isGood = feed(stream, bytes, 1 + random.nextInt(bytes.length), listener);
      assertThat(isGood).as("seed %d round %d", seed, round).isEqualTo(stream.problem().isEmpty());
    }
  }
}
