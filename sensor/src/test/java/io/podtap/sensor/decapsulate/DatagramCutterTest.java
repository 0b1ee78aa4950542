/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.decapsulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Udp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Joined datagrams made by a generator, each shape that a tap can send, against the datagrams they
 * were made of; and single ones that look like joined, by accident or on purpose.
 */
final class DatagramCutterTest {

  private static final int VNI = 42;
  private static final int ROUNDS = 60;
  private static final int[] OPTION_BYTES = {0, 20, 4, 252};

  /** What stands in the tunnel. */
  enum Inner {
    IPV4,
    IPV6,
    TAGGED,
    ARP,
    PADDED,
    /** Cut by the tap's policy: shorter than its IP length says. */
    HEADERS_ONLY,
    /** The monitored traffic is a tunnel of the same network identifier itself. */
    TUNNEL
  }

  /** What stands around it. */
  enum Outer {
    IPV4,
    IPV6,
    TAGGED,
    COOKED,
    /** In another tunnel, as between nodes. */
    NESTED
  }

  private final List<byte[]> frames = new ArrayList<>();
  private final List<Integer> originalLengths = new ArrayList<>();
  private final DatagramCutter cutter =
      new DatagramCutter(
          new FrameHandler() {
            @Override
            public void onFrame(Frame frame) {
              frames.add(
                  frame
                      .segment()
                      .asSlice(frame.offset(), frame.length())
                      .toArray(ValueLayout.JAVA_BYTE));
              originalLengths.add(frame.originalLength());
            }

            @Override
            public void onBatchEnd() {}
          });

  @AfterEach
  void close() {
    cutter.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyShapeIsCutIntoWhatItWasMadeOf(Outer outer) {
    for (Inner inner : Inner.values()) {
      if (outer == Outer.NESTED && inner == Inner.ARP) {
        continue; // may be the monitored traffic's own
      }
      for (boolean geneve : new boolean[] {false, true}) {
        for (int seed = 0; seed < ROUNDS; seed++) {
          check(outer, inner, geneve, seed);
        }
      }
    }
  }

  private void check(Outer outer, Inner inner, boolean geneve, int seed) {
    Random random = new Random(seed);
    byte[] header = tunnelHeader(geneve, OPTION_BYTES[seed % OPTION_BYTES.length]);
    int count = seed == 0 ? 128 : 2 + random.nextInt(20);
    int payload = (seed == 0 ? 20 : random.nextInt(1_200)) + 60;
    List<byte[]> datagrams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      datagrams.add(concat(header, inner(inner, payload, random)));
    }
    byte[] last = concat(header, inner(inner, 60 + random.nextInt(payload - 59), random));
    if (seed % 3 > 0 && last.length <= datagrams.getFirst().length) {
      datagrams.set(count - 1, last);
    }
    if (total(datagrams) > 65_000) {
      return;
    }
    String what = outer + " " + inner + (geneve ? " Geneve " : " VXLAN ") + seed;
    byte[] joined = outer(outer, geneve, concat(datagrams.toArray(byte[][]::new)));
    feed(joined, joined.length, outer);

    assertThat(frames)
        .as(what)
        .withFailMessage("%s: %s frames, not %s", what, frames.size(), count)
        .hasSize(count);
    for (int i = 0; i < count; i++) {
      byte[] alone = outer(outer, geneve, datagrams.get(i));
      assertThat(frames.get(i)).as(what + " of " + i).isEqualTo(alone);
      assertThat(originalLengths.get(i)).isEqualTo(alone.length);
    }
    assertHeadersOf(frames.getLast(), outer, what);
  }

  private static void assertHeadersOf(byte[] frame, Outer outer, String what) {
    MemorySegment segment = Arena.ofAuto().allocate(frame.length, 8);
    MemorySegment.copy(frame, 0, segment, ValueLayout.JAVA_BYTE, 0, frame.length);
    Headers headers = new Headers();
    headers.locate(segment, 0, frame.length, linkType(outer));
    int udpBytes = Udp.length(segment, headers.transportOffset());
    assertThat(headers.transportOffset() + udpBytes).as(what).isEqualTo(frame.length);
    if (headers.ipVersion() == 4) {
      long sum = Checksum.sum(segment, headers.ipOffset(), headers.ipHeaderLength());
      assertThat(Checksum.finish(sum)).as(what).isZero();
      assertThat(Udp.checksum(segment, headers.transportOffset())).as(what).isZero();
      assertThat(Ipv4.totalLength(segment, headers.ipOffset())).isEqualTo(20 + udpBytes);
    } else {
      long sum =
          Checksum.pseudoIpv6(segment, headers.ipOffset(), IpProtocol.UDP, udpBytes)
              + Checksum.sum(segment, headers.transportOffset(), udpBytes);
      assertThat(Checksum.finish(sum)).as(what).isZero();
    }
  }

  /** A capture with a snaplen has the first datagrams, and says how many it lacks. */
  @ParameterizedTest
  @ValueSource(ints = {70, 96, 300, 1_000, 2_500})
  void whatACaptureHasCutOffIsCounted(int snaplen) {
    Random random = new Random(snaplen);
    List<byte[]> datagrams = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      datagrams.add(concat(tunnelHeader(false, 0), inner(Inner.IPV4, 700, random)));
    }
    byte[] joined = outer(Outer.IPV4, false, concat(datagrams.toArray(byte[][]::new)));
    int headerBytes = joined.length - total(datagrams);
    feed(joined, snaplen, Outer.IPV4);

    assertThat(frames).hasSize(10);
    int captured = frames.stream().mapToInt(frame -> frame.length - headerBytes).sum();
    assertThat(captured).isEqualTo(snaplen - headerBytes);
    assertThat(originalLengths).containsOnly(headerBytes + datagrams.getFirst().length);
    assertThat(cutter.framesCut()).isEqualTo(1);
    assertThat(cutter.datagramsCut()).isEqualTo(10);
    assertThat(cutter.datagramsUncaptured())
        .isEqualTo(frames.stream().filter(frame -> frame.length == headerBytes).count());
  }

  /** The application fills its packets with tunnel headers: it cannot make packets of its own. */
  @ParameterizedTest
  @EnumSource(names = {"IPV4", "IPV6", "TAGGED", "TUNNEL"})
  void onePacketThatLooksLikeManyStaysOne(Inner inner) {
    for (boolean geneve : new boolean[] {false, true}) {
      byte[] header = tunnelHeader(geneve, 0);
      for (int every = 22; every < 4_000; every += 7) {
        byte[] datagram = concat(header, inner(inner, 8_000, new Random(every)));
        for (int at = every; at + header.length < datagram.length; at += every) {
          if (at > 100) { // behind the headers of the packet inside
            System.arraycopy(header, 0, datagram, at, header.length);
          }
        }
        byte[] frame = outer(Outer.IPV4, geneve, datagram);
        feed(frame, frame.length, Outer.IPV4);
        assertThat(frames).containsExactly(frame);
      }
    }
    assertThat(cutter.framesCut()).isZero();
  }

  /** Headers that a tap does not write, other ports, fragments: nothing of it is joined. */
  @Test
  void onlyWhatATapWritesIsCut() {
    byte[] one = concat(tunnelHeader(false, 0), inner(Inner.IPV4, 100, new Random(1)));
    byte[] joined = outer(Outer.IPV4, false, concat(one, one));
    int payload = joined.length - 2 * one.length;
    int second = payload + one.length;
    for (int[] change :
        new int[][] {
          {payload, 0x00}, // no I flag
          {payload + 1, 0x01}, // reserved
          {payload + 7, 0x01},
          {second + 6, VNI + 1}, // another network
          {second, 0x0C},
          {14 + 9, IpProtocol.TCP},
          {14 + 7, 0x08}, // fragment
          {payload - 8 + 3, 0x00} // another port
        }) {
      byte[] changed = joined.clone();
      changed[change[0]] = (byte) change[1];
      feed(changed, changed.length, Outer.IPV4);
      assertThat(frames).as(Arrays.toString(change)).containsExactly(changed);
    }
    byte[] longer = outer(Outer.IPV4, false, concat(one, one, concat(one, new byte[1])));
    feed(longer, longer.length, Outer.IPV4);
    assertThat(frames).as("the last is longer").hasSizeLessThanOrEqualTo(3);
  }

  /** By the capture's facts anything is cut, such as QUIC, and tunnels of an odd kind. */
  @Test
  void offloadFactsGoFirst() {
    byte[] payload = new byte[1_000];
    new Random(3).nextBytes(payload);
    byte[] frame = outer(Outer.IPV6, 443, payload);
    frames.clear();
    MemorySegment segment = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, frame);
    cutter.onFrame(
        new Frame()
            .wrap(segment, 0, frame.length, frame.length, 1)
            .origin(LinkType.ETHERNET, 0, true)
            .gso(Frame.GSO_UDP_L4, 300)
            .checksumNeeded(54, 6));

    assertThat(frames)
        .containsExactly(
            outer(Outer.IPV6, 443, Arrays.copyOfRange(payload, 0, 300)),
            outer(Outer.IPV6, 443, Arrays.copyOfRange(payload, 300, 600)),
            outer(Outer.IPV6, 443, Arrays.copyOfRange(payload, 600, 900)),
            outer(Outer.IPV6, 443, Arrays.copyOfRange(payload, 900, 1_000)));
  }

  /**
   * Any bytes at all: nothing is thrown, nothing is read outside, no byte comes up or gets lost.
   */
  @Test
  void anyBytesAreConserved() {
    Random random = new Random(9);
    byte[] one = concat(tunnelHeader(false, 0), inner(Inner.IPV4, 120, random));
    byte[] two = concat(tunnelHeader(true, 20), inner(Inner.IPV6, 120, random));
    for (int round = 0; round < 60_000; round++) {
      boolean geneve = random.nextBoolean();
      byte[] datagram = geneve ? two : one;
      Outer outer = Outer.values()[random.nextInt(Outer.values().length)];
      byte[] frame = outer(outer, geneve, concat(datagram, datagram, datagram));
      for (int i = random.nextInt(4); i > 0; i--) {
        frame[random.nextInt(Math.min(frame.length, 120))] = (byte) random.nextInt();
      }
      int captured = 1 + random.nextInt(frame.length);
      feed(frame, random.nextBoolean() ? captured : frame.length, outer);
      assertThat(frames).hasSizeBetween(1, 128);
      if (frames.size() == 1) {
        assertThat(originalLengths).containsExactly(frame.length);
      }
    }
  }

  private void feed(byte[] frame, int captured, Outer outer) {
    frames.clear();
    originalLengths.clear();
    MemorySegment segment = Arena.ofAuto().allocate(captured, 8); // nothing behind may be read
    MemorySegment.copy(frame, 0, segment, ValueLayout.JAVA_BYTE, 0, captured);
    cutter.onFrame(
        new Frame().wrap(segment, 0, captured, frame.length, 1).origin(linkType(outer), 0, false));
  }

  private static int linkType(Outer outer) {
    return outer == Outer.COOKED ? LinkType.LINUX_SLL : LinkType.ETHERNET;
  }

  private static byte[] tunnelHeader(boolean geneve, int optionBytes) {
    if (!geneve) {
      return new byte[] {8, 0, 0, 0, 0, 0, VNI, 0};
    }
    ByteBuffer header = ByteBuffer.allocate(8 + optionBytes);
    header.put((byte) (optionBytes / 4)).put((byte) 0).putShort((short) 0x6558);
    header.put(new byte[] {0, 0, VNI, 0});
    return header.array();
  }

  /** Returns an Ethernet frame of about so many bytes. */
  private static byte[] inner(Inner inner, int bytes, Random random) {
    byte[] payload = new byte[bytes - 54];
    random.nextBytes(payload);
    return switch (inner) {
      case IPV4 -> concat(ethernet(0x0800), ipv4(6, payload));
      case IPV6 -> concat(ethernet(0x86DD), ipv6(6, payload));
      case TAGGED -> concat(ethernet(0x8100), new byte[] {0, 7, 8, 0}, ipv4(17, payload));
      case ARP -> concat(ethernet(0x0806), payload);
      case PADDED -> concat(ethernet(0x0800), ipv4(6, payload), new byte[bytes % 64]);
      case HEADERS_ONLY ->
          concat(ethernet(0x0800), Arrays.copyOf(ipv4(6, new byte[1_400]), bytes - 14));
      case TUNNEL ->
          concat(
              ethernet(0x0800),
              ipv4(17, udp(4789, concat(tunnelHeader(false, 0), ethernet(0x0806), payload))));
    };
  }

  private static byte[] ethernet(int type) {
    return ByteBuffer.allocate(14)
        .put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2})
        .putShort((short) type)
        .array();
  }

  private static byte[] outer(Outer outer, boolean geneve, byte[] payload) {
    return outer(outer, geneve ? 6081 : 4789, payload);
  }

  private static byte[] outer(Outer outer, int port, byte[] payload) {
    byte[] udp = udp(port, payload);
    return switch (outer) {
      case IPV4 -> concat(ethernet(0x0800), ipv4(17, udp));
      case IPV6 -> concat(ethernet(0x86DD), ipv6(17, udp));
      case TAGGED -> concat(ethernet(0x8100), new byte[] {0, 9, 8, 0}, ipv4(17, udp));
      case COOKED -> concat(new byte[14], new byte[] {8, 0}, ipv4(17, udp));
      case NESTED ->
          concat(
              ethernet(0x0800),
              ipv4(
                  17,
                  udp(
                      4789,
                      concat(
                          new byte[] {8, 0, 0, 0, 0, 0, 99, 0}, ethernet(0x0800), ipv4(17, udp)))));
    };
  }

  private static byte[] udp(int port, byte[] payload) {
    return ByteBuffer.allocate(8 + payload.length)
        .putShort((short) 50_000)
        .putShort((short) port)
        .putShort((short) (8 + payload.length))
        .putShort((short) 0)
        .put(payload)
        .array();
  }

  private static byte[] ipv4(int protocol, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(20 + payload.length);
    packet.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length));
    packet.putInt(0).put((byte) 64).put((byte) protocol).putShort((short) 0);
    packet.putInt(0x0A00_0001).putInt(0x0A00_0002).put(payload);
    MemorySegment segment = MemorySegment.ofArray(packet.array());
    Ipv4.updateChecksum(segment, 0, 20);
    return packet.array();
  }

  private static byte[] ipv6(int protocol, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
    packet.putInt(0x6000_0000).putShort((short) payload.length);
    packet.put((byte) protocol).put((byte) 64);
    packet.putLong(0xFD00L << 48).putLong(1).putLong(0xFD00L << 48).putLong(2).put(payload);
    if (protocol == IpProtocol.UDP) {
      MemorySegment segment = MemorySegment.ofArray(packet.array());
      long sum =
          Checksum.pseudoIpv6(segment, 0, IpProtocol.UDP, payload.length)
              + Checksum.sum(segment, 40, payload.length);
      packet.putShort(46, (short) Checksum.finish(sum));
    }
    return packet.array();
  }

  private static int total(List<byte[]> parts) {
    return parts.stream().mapToInt(part -> part.length).sum();
  }

  private static byte[] concat(byte[]... parts) {
    byte[] whole = new byte[total(List.of(parts))];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }
}
