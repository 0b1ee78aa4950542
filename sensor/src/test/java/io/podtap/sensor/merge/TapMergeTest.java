/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Tcp;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which frames are copies of one packet, by a clock that the test turns. */
final class TapMergeTest {

  private static final long START_NS = 1_700_000_000_000_000_000L;
  private static final int PAYLOAD = 48;

  /** Places in tables, and the list of chunks outside the heap. */
  private static final long FIXED_BYTES = 320 << 10;

  private final List<Integer> passed = new ArrayList<>();
  private final TapMerge merge =
      new TapMerge(8 << 20, 16 << 20, 5, (frame, _, _, _) -> passed.add(number(frame)));
  private final Frame frame = new Frame();
  private final Headers headers = new Headers();
  private long nowNs = START_NS;

  @AfterEach
  void close() {
    merge.close();
  }

  private static int number(Frame frame) {
    long end = frame.offset() + frame.originalLength();
    return Bytes.i32(frame.segment(), end - Integer.BYTES);
  }

  private static long ms(long milliseconds) {
    return TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  /** Returns a datagram of one host to another with a number at its end: IPv6 has no other. */
  private static MemorySegment datagram(int host, int number) {
    MemorySegment packet = ipv6(host, IpProtocol.UDP, 8 + PAYLOAD);
    Bytes.putU16(packet, Ipv6.HEADER_LENGTH, 40_000);
    Bytes.putU16(packet, Ipv6.HEADER_LENGTH + 2, 9_999);
    Bytes.putU16(packet, Ipv6.HEADER_LENGTH + 4, 8 + PAYLOAD);
    Bytes.putI32(packet, packet.byteSize() - Integer.BYTES, number);
    return packet;
  }

  private static MemorySegment ipv6(int host, int protocol, int length) {
    MemorySegment packet = MemorySegment.ofArray(new byte[Ipv6.HEADER_LENGTH + length]);
    Bytes.putU8(packet, 0, 0x60);
    Ipv6.payloadLength(packet, 0, length);
    Ipv6.nextHeader(packet, 0, protocol);
    Bytes.putU8(packet, 7, 64);
    Bytes.putU16(packet, 8, 0xFD00);
    Bytes.putI32(packet, 20, host);
    Bytes.putU16(packet, 24, 0xFD00);
    Bytes.putI32(packet, 36, 0x7FFF_FFFF);
    return packet;
  }

  /** Returns a segment with a timestamp of the sender, as nearly all have. */
  private static MemorySegment segment(int timestamp, int number) {
    MemorySegment packet = ipv6(1, IpProtocol.TCP, 32 + PAYLOAD);
    int at = Ipv6.HEADER_LENGTH;
    Bytes.putU16(packet, at, 40_000);
    Bytes.putU16(packet, at + 2, 80);
    Tcp.sequence(packet, at, 1_000);
    Bytes.putU8(packet, at + 12, 8 << 4);
    Tcp.flags(packet, at, Tcp.ACK | Tcp.PSH);
    Bytes.putU8(packet, at + 20, 1);
    Bytes.putU8(packet, at + 21, 1);
    Bytes.putU8(packet, at + 22, 8);
    Bytes.putU8(packet, at + 23, 10);
    Bytes.putI32(packet, at + 24, timestamp);
    Bytes.putI32(packet, packet.byteSize() - Integer.BYTES, number);
    return packet;
  }

  /** Delivers a packet now, without a time of capture. */
  private void deliver(MemorySegment packet, int... taps) {
    int length = (int) packet.byteSize();
    for (int tap : taps) {
      merge.advance(nowNs);
      frame.wrap(packet, 0, length, length, nowNs).origin(LinkType.RAW, tap, false);
      headers.locate(packet, 0, length, LinkType.RAW);
      if (!merge.take(frame, headers)) {
        passed.add(number(frame));
      }
      nowNs += 1_000;
    }
  }

  private List<Integer> end() {
    nowNs += TimeUnit.SECONDS.toNanos(1);
    merge.advance(nowNs);
    return passed;
  }

  private static List<Integer> upTo(int count) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(i);
    }
    return all;
  }

  /** A tap has no CPU, and then delivers what it has captured meanwhile. */
  @ParameterizedTest
  @ValueSource(ints = {100, 500, 900, 1_500})
  void aTapThatWasSilentDeliversCopies(int silentMs) {
    deliver(datagram(1, 0), 0, 1);
    nowNs += ms(10);
    int count = 20;
    for (int i = 1; i < count; i++) {
      deliver(datagram(1, i), 0);
      nowNs += ms(silentMs) / count;
    }
    for (int i = 1; i < count; i++) {
      deliver(datagram(1, i), 1);
    }
    assertThat(end()).containsExactlyInAnyOrderElementsOf(upTo(count));
    assertThat(merge.counts().duplicates()).isEqualTo(count);
  }

  /** A tap with too little CPU falls behind, a little more with each packet. */
  @Test
  void aTapThatIsLateAllTheTimeDeliversCopies() {
    int count = 60;
    int delivered = 0;
    for (int tick = 0; delivered < count; tick++) { // of 10 ms
      if (tick % 5 == 0 && tick / 5 < count) {
        deliver(datagram(1, tick / 5), 0);
      }
      if (tick == delivered * 7) {
        deliver(datagram(1, delivered++), 1);
      }
      nowNs += ms(10);
    }
    assertThat(end()).containsExactlyInAnyOrderElementsOf(upTo(count));
  }

  /** The same bytes, sent every half second; each tap loses some, never both the same. */
  @Test
  void whatIsSentAgainIsAPacketOfItsOwn() {
    deliver(datagram(2, 7), 0, 1);
    for (int i = 0; i < 40; i++) {
      int[][] taps = {{0}, {1, 0}, {1}, {0, 1}};
      deliver(datagram(1, 0), taps[i % taps.length]);
      for (int k = 0; k < 10; k++) { // neither tap is silent
        nowNs += ms(50);
        deliver(datagram(2, 100 + i * 10 + k), 0, 1);
      }
    }
    assertThat(end()).filteredOn(number -> number == 0).hasSize(40);
  }

  /** What is sent again has another timestamp, so that a copy is known however late it is. */
  @Test
  void segmentsAreToldApartByTheirTimestamps() {
    deliver(datagram(1, 99), 0, 1);
    nowNs += ms(10);
    for (int i = 0; i < 9; i++) {
      deliver(segment(i, i), 0);
      nowNs += ms(60);
      deliver(datagram(2, 100 + i), 1); // it is not silent
    }
    nowNs += ms(1_000);
    for (int i = 0; i < 9; i++) {
      deliver(segment(i, i), 1);
    }
    assertThat(end()).filteredOn(number -> number < 9).containsExactlyElementsOf(upTo(9));
  }

  /** What one tap alone delivered was handed on at once; another one delivers it late. */
  @ParameterizedTest
  @ValueSource(ints = {100, 400, 700, 1_200})
  void aTapThatBeginsLateDeliversCopies(int lateMs) {
    deliver(datagram(1, -1), 0);
    nowNs += ms(3_000);
    for (int i = 0; i < 20; i++) {
      deliver(segment(i, i), 0);
      nowNs += ms(1);
    }
    deliver(segment(0, 0), 1);
    nowNs += ms(lateMs);
    for (int i = 1; i < 20; i++) {
      deliver(segment(i, i), 1);
    }
    assertThat(end()).filteredOn(number -> number >= 0).containsExactlyElementsOf(upTo(20));
  }

  /** Whoever delivers forged frames of two hosts does not keep out the taps that see them. */
  @ParameterizedTest
  @ValueSource(ints = {7, 8, 9, 100})
  void manyTapsOfTwoHostsHideNothing(int forgers) {
    int count = 50;
    for (int i = 0; i < forgers; i++) {
      deliver(datagram(1, -1 - i), 1_000 + i);
    }
    for (int i = 0; i < count; i++) {
      deliver(datagram(1, i), 0, 1);
      nowNs += ms(20);
    }
    assertThat(end()).filteredOn(number -> number >= 0).containsExactlyElementsOf(upTo(count));
  }

  /** The places of those who are silent are given to others, who are then told apart. */
  @Test
  void aTapGetsThePlaceOfOneThatIsGone() {
    for (int i = 0; i < Pair.TAPS_MAX; i++) {
      deliver(datagram(1, -1 - i), 1_000 + i);
    }
    nowNs += ms(11_000);
    for (int i = 0; i < 10; i++) {
      deliver(datagram(1, 0), 0, 1, 2); // the same bytes as often as they were sent
      nowNs += ms(5);
    }
    assertThat(end()).filteredOn(number -> number == 0).hasSize(10);
  }

  /** A flood of one and the same packet costs as much for each as any other does. */
  @Test
  void likePacketsAreComparedWithAFewOnly() {
    int flood = 60_000;
    MemorySegment same = datagram(1, 1_000);
    deliver(datagram(1, 0), 0, 1);
    for (int i = 0; i < flood; i++) {
      deliver(same, 0);
    }
    for (int i = 1; i < 20; i++) {
      deliver(datagram(2, i), 0, 1);
      nowNs += ms(20);
    }
    assertThat(end()).filteredOn(number -> number < 20).containsExactlyElementsOf(upTo(20));
    assertThat(passed).hasSize(20 + flood);
    assertThat(merge.compared()).isLessThan(300L * flood);
  }

  /** Whatever comes, the tables take what they may of the heap, and no more. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 4 << 20, 16 << 20})
  void tablesStayWithinTheirPartOfTheHeap(int heapBytes) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    MemorySegment packet = segment(0, 0);
    int length = (int) packet.byteSize();
    long before = threads.getCurrentThreadAllocatedBytes();
    try (TapMerge small = new TapMerge(64 << 20, heapBytes, 5, (_, _, _, _) -> {})) {
      for (int i = 0; i < 150_000; i++) {
        Bytes.putI32(packet, 20, i % 20_000);
        Bytes.putI32(packet, Ipv6.HEADER_LENGTH + 24, i);
        headers.locate(packet, 0, length, LinkType.RAW);
        for (int tap = 0; tap < 2; tap++) {
          frame.wrap(packet, 0, length, length, nowNs).origin(LinkType.RAW, tap, false);
          small.advance(nowNs);
          small.take(frame, headers);
        }
        nowNs += 10_000;
      }
      assertThat(small.counts().duplicates()).isEqualTo(150_000);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).isBetween(heapBytes / 2L, heapBytes + FIXED_BYTES);
  }
}
