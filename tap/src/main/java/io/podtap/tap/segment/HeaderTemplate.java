/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.segment;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.Tcp;
import io.podtap.core.packet.Udp;
import io.podtap.core.report.Counters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The headers that all packets of one plan share, copied once and rewritten for each packet:
 * lengths, identification, sequence number, checksums, and what makes a packet an IP fragment. One
 * thread; no allocation.
 *
 * @see "RFC 791; RFC 8200 section 4.5; RFC 2675; RFC 9293 section 3.1"
 */
final class HeaderTemplate {

  /** Bytes of all headers that can be rewritten; packets with more are kept whole. */
  static final int HEADER_BYTES_MAX = 512;

  /** The hop-by-hop header with nothing but a jumbo payload option. */
  private static final int JUMBO_HEADER_LENGTH = 8;

  private static final int JUMBO_OPTION = 0xC2;
  private static final int IPV6_NEXT_HEADER = 6;
  private static final int IPV4_SOURCE = 12;
  private static final int IPV4_CHECKSUM = 10;

  /** Where the IPv6 fragment header stands, behind all others. */
  private static final int FRAGMENT_HEADER_AT = HEADER_BYTES_MAX;

  private final Counters<SegmentEvent> events;

  /** IP header at 0, transport header behind it. */
  private final MemorySegment memory;

  /** Two taps that see one host must not begin alike: a sensor may join the fragments of both. */
  private int nextIdentification = ThreadLocalRandom.current().nextInt();

  private int ipVersion;
  private int ipBytes;
  private int headerBytes;
  private long pseudoSum;
  private long ipHeaderSum;
  private int identification;

  // IPv4: the flags that every fragment keeps. IPv6: the header that each fragment gets, and the
  // place where the header before it names it.
  private int fragmentFlags;
  private int fragmentHeaderBytes;
  private int fragmentNextHeader;
  private int fragmentIdentification;
  private int fragmentNamedAt;

  /**
   * @param events counts headers that say nothing of their packet's length
   */
  HeaderTemplate(Arena arena, Counters<SegmentEvent> events) {
    this.events = events;
    memory = arena.allocate(FRAGMENT_HEADER_AT + Ipv6.FRAGMENT_HEADER_LENGTH, 8);
  }

  MemorySegment memory() {
    return memory;
  }

  int ipVersion() {
    return ipVersion;
  }

  /** Returns bytes of the IP header with its extensions, a fragment header left out. */
  int ipBytes() {
    return ipBytes;
  }

  /** Returns bytes of IP and transport header. */
  int headerBytes() {
    return headerBytes;
  }

  /** Returns bytes that make a packet a fragment: none in IPv4. */
  int fragmentHeaderBytes() {
    return fragmentHeaderBytes;
  }

  /** Copies IP and transport header of a packet. */
  void copy(MemorySegment source, long packetOffset, Headers headers) {
    ipVersion = headers.ipVersion();
    ipBytes = headers.ipHeaderLength();
    int jumboBytes = jumboHeaderBytes(source, packetOffset, headers);
    int announced =
        ipVersion == 4
            ? Ipv4.totalLength(source, packetOffset)
            : Ipv6.payloadLength(source, packetOffset);
    if (announced == 0) {
      events.add(SegmentEvent.BIG_FRAME);
    }
    if (jumboBytes == 0) {
      Bytes.copy(source, packetOffset, memory, 0, ipBytes + headers.transportHeaderLength());
    } else {
      Bytes.copy(source, packetOffset, memory, 0, Ipv6.HEADER_LENGTH);
      Bytes.putU8(memory, IPV6_NEXT_HEADER, Bytes.u8(source, packetOffset + Ipv6.HEADER_LENGTH));
      Bytes.copy(
          source,
          packetOffset + Ipv6.HEADER_LENGTH + jumboBytes,
          memory,
          Ipv6.HEADER_LENGTH,
          ipBytes - Ipv6.HEADER_LENGTH - jumboBytes + headers.transportHeaderLength());
      ipBytes -= jumboBytes;
    }
    headerBytes = ipBytes + headers.transportHeaderLength();
    prepare(headers.protocol());
  }

  /**
   * Copies the IP header alone, of a packet that becomes fragments.
   *
   * @return where in {@code source} that begins which follows it, a fragment header left out
   */
  long copyIp(MemorySegment source, long packetOffset, Headers headers) {
    ipVersion = headers.ipVersion();
    ipBytes = headers.ipHeaderLength();
    Bytes.copy(source, packetOffset, memory, 0, ipBytes);
    prepare(headers.protocol());
    if (headers.fragmentHeaderOffset() < 0) {
      return packetOffset + ipBytes;
    }
    ipBytes = (int) (headers.fragmentHeaderOffset() - packetOffset);
    return headers.fragmentHeaderOffset() + Ipv6.FRAGMENT_HEADER_LENGTH;
  }

  private void prepare(int protocol) {
    if (ipVersion == 4) {
      identification = Ipv4.identification(memory, 0);
      Ipv4.identification(memory, 0, 0);
      Ipv4.totalLength(memory, 0, 0);
      Bytes.putU16(memory, IPV4_CHECKSUM, 0);
      ipHeaderSum = Checksum.sum(memory, 0, ipBytes);
      pseudoSum = Checksum.sum(memory, IPV4_SOURCE, 8) + Checksum.word(protocol);
    } else {
      pseudoSum = Checksum.pseudoIpv6(memory, 0, protocol, 0);
    }
  }

  /** Returns bytes of the header that older kernels put into an IPv6 BIG TCP frame, or 0. */
  private int jumboHeaderBytes(MemorySegment source, long packetOffset, Headers headers) {
    if (ipVersion != 6
        || Ipv6.payloadLength(source, packetOffset) != 0
        || Ipv6.nextHeader(source, packetOffset) != IpProtocol.HOP_BY_HOP) {
      return 0;
    }
    long option = packetOffset + Ipv6.HEADER_LENGTH;
    boolean jumbo =
        headers.ipHeaderLength() >= Ipv6.HEADER_LENGTH + JUMBO_HEADER_LENGTH
            && Bytes.u8(source, option + 1) == 0
            && Bytes.u8(source, option + 2) == JUMBO_OPTION
            && Bytes.u8(source, option + 3) == Integer.BYTES;
    return jumbo ? JUMBO_HEADER_LENGTH : 0;
  }

  /**
   * Decides what says "fragment" in the packets: a word of the IPv4 header, or an IPv6 header of
   * its own in front of the transport header, if the packet has none yet.
   *
   * @param present where in {@code source} the packet's own IPv6 fragment header stands, or -1
   * @param units packets that are fragmented, each under an identification of its own
   */
  void prepareFragments(MemorySegment source, long present, int units) {
    if (ipVersion == 4) {
      prepareIpv4Fragments(units);
      return;
    }
    fragmentHeaderBytes = Ipv6.FRAGMENT_HEADER_LENGTH;
    if (present >= 0) {
      fragmentNextHeader = Bytes.u8(source, present);
      fragmentIdentification = Bytes.i32(source, present + 4);
    } else {
      fragmentNamedAt = lastNextHeaderField();
      fragmentNextHeader = Bytes.u8(memory, fragmentNamedAt);
      fragmentIdentification = nextIdentification;
      nextIdentification += units;
      Bytes.putU8(memory, fragmentNamedAt, IpProtocol.FRAGMENT);
    }
  }

  /** Returns where the last IPv6 header names what follows it. */
  private int lastNextHeaderField() {
    int field = IPV6_NEXT_HEADER;
    int at = Ipv6.HEADER_LENGTH;
    while (at < ipBytes) {
      int units = Bytes.u8(memory, at + 1L);
      boolean authentication = Bytes.u8(memory, field) == IpProtocol.AUTHENTICATION;
      field = at;
      at += authentication ? (units + 2) << 2 : (units + 1) << 3;
    }
    return field;
  }

  private void prepareIpv4Fragments(int units) {
    int word = Ipv4.fragmentWord(memory, 0);
    fragmentHeaderBytes = 0;
    fragmentFlags = word & ~(Ipv4.FRAGMENT_OFFSET_MASK | Ipv4.FLAG_MORE_FRAGMENTS);
    if (identification == 0 && (word & Ipv4.FLAG_DONT_FRAGMENT) != 0) {
      identification = nextIdentification & 0xFFFF;
      nextIdentification += units;
    }
    Ipv4.fragmentWord(memory, 0, 0);
    ipHeaderSum = Checksum.sum(memory, 0, ipBytes);
  }

  /** Sets length, identification and checksum of the IP header. */
  void ip(int length, int identificationStep) {
    if (ipVersion == 4) {
      int id = identification + identificationStep & 0xFFFF;
      Ipv4.totalLength(memory, 0, length);
      Ipv4.identification(memory, 0, id);
      Bytes.putU16(
          memory,
          IPV4_CHECKSUM,
          Checksum.finish(ipHeaderSum + Checksum.word(length) + Checksum.word(id)));
    } else {
      Ipv6.payloadLength(memory, 0, length - Ipv6.HEADER_LENGTH);
    }
  }

  /** Sets sequence number, flags and checksum of the TCP header. */
  void tcp(MemorySegment source, long payloadOffset, int payload, int sequence, int flags) {
    long tcp = ipBytes;
    Tcp.sequence(memory, tcp, sequence);
    Tcp.flags(memory, tcp, flags);
    Bytes.putU16(memory, tcp + Tcp.CHECKSUM_OFFSET, 0);
    int transport = headerBytes - ipBytes;
    long sum =
        pseudoSum
            + Checksum.word(transport + payload)
            + Checksum.sum(memory, tcp, transport)
            + Checksum.sum(source, payloadOffset, payload);
    Bytes.putU16(memory, tcp + Tcp.CHECKSUM_OFFSET, Checksum.finish(sum));
  }

  /** Sets length and, where there is one, checksum of the UDP header. */
  void udp(MemorySegment source, long payloadOffset, int payload, boolean hasChecksum) {
    long udp = ipBytes;
    int length = Udp.HEADER_LENGTH + payload;
    Udp.length(memory, udp, length);
    Bytes.putU16(memory, udp + Udp.CHECKSUM_OFFSET, 0);
    if (hasChecksum) {
      long sum =
          pseudoSum
              + Checksum.word(length)
              + Checksum.sum(memory, udp, Udp.HEADER_LENGTH)
              + Checksum.sum(source, payloadOffset, payload);
      int checksum = ChecksumCompletion.nonZero(Checksum.finish(sum));
      Bytes.putU16(memory, udp + Udp.CHECKSUM_OFFSET, checksum);
    }
  }

  /**
   * Writes the IP header of a fragment, as far as it is kept.
   *
   * @param unit number of the packet that is fragmented
   * @param length bytes behind the headers
   * @param payloadAt where these stand in what is fragmented
   * @param fragmentHeader bytes of the IPv6 fragment header, 0 for a packet that stays whole
   * @return bytes written
   */
  int writeFragment(
      MemorySegment target,
      long offset,
      int unit,
      int length,
      int payloadAt,
      boolean more,
      int fragmentHeader,
      int keptBytesMax) {
    if (ipVersion == 4) {
      ipv4Fragment(unit, length, payloadAt >> 3, more);
      return copyKept(0, target, offset, ipBytes, 0, keptBytesMax);
    }
    Ipv6.payloadLength(memory, 0, ipBytes - Ipv6.HEADER_LENGTH + fragmentHeader + length);
    if (fragmentHeader == 0) {
      Bytes.putU8(memory, fragmentNamedAt, fragmentNextHeader);
      return copyKept(0, target, offset, ipBytes, 0, keptBytesMax);
    }
    Bytes.putU8(memory, FRAGMENT_HEADER_AT, fragmentNextHeader);
    Bytes.putU8(memory, FRAGMENT_HEADER_AT + 1L, 0);
    Bytes.putU16(memory, FRAGMENT_HEADER_AT + 2L, (payloadAt & ~7) | (more ? 1 : 0));
    Bytes.putI32(memory, FRAGMENT_HEADER_AT + 4L, fragmentIdentification + unit);
    int written = copyKept(0, target, offset, ipBytes, 0, keptBytesMax);
    return copyKept(FRAGMENT_HEADER_AT, target, offset, fragmentHeader, written, keptBytesMax);
  }

  /** Copies behind what is written; returns what is written then. */
  private int copyKept(
      int from, MemorySegment target, long offset, int bytes, int written, int keptBytesMax) {
    int kept = Math.min(bytes, keptBytesMax - written);
    Bytes.copy(memory, from, target, offset + written, kept);
    return written + kept;
  }

  private void ipv4Fragment(int unit, int length, int eighths, boolean more) {
    int word = fragmentFlags | eighths | (more ? Ipv4.FLAG_MORE_FRAGMENTS : 0);
    int id = identification + unit & 0xFFFF;
    Ipv4.totalLength(memory, 0, ipBytes + length);
    Ipv4.identification(memory, 0, id);
    Ipv4.fragmentWord(memory, 0, word);
    long sum =
        ipHeaderSum + Checksum.word(ipBytes + length) + Checksum.word(id) + Checksum.word(word);
    Bytes.putU16(memory, IPV4_CHECKSUM, Checksum.finish(sum));
  }
}
