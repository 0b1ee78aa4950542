/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.decapsulate;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.Udp;
import io.podtap.core.packet.Vxlan;
import java.lang.foreign.MemorySegment;

/**
 * Tells whether the payload of a UDP datagram to a tunnel's port is in truth several datagrams,
 * which a tap sent with one call and no network card has taken apart: all as long as the first, the
 * last as long or shorter, each beginning with the same eight bytes of tunnel header.
 *
 * <p>How long the first is, the packet inside says. Where it fills the whole payload, there is but
 * one datagram, whatever its bytes look like; so a packet of the monitored traffic cannot be cut in
 * two by what it carries. Where the packet says nothing (it is not IP) or does not say how long the
 * datagram is (frames are padded, or were cut by the tap's policy), the next place that has the
 * same header is looked for.
 *
 * <p>Reused; no allocation; never throws on bad input, never reads outside the captured bytes. One
 * thread.
 *
 * @see "RFC 7348 section 5; RFC 8926 section 3.4; udp(7), UDP_SEGMENT"
 */
final class JoinedDatagrams {

  /** The kernel joins no more. */
  static final int SEGMENTS_MAX = 128;

  private static final int VXLAN_FLAGS = 0x0800_0000;
  private static final int LAST_BYTE = 0xFF;
  private static final int GENEVE_RESERVED = 0x003F_0000;
  private static final int TAGS_MAX = 2;
  private static final int LENGTH_UNKNOWN = -1;

  /** As far as the lengths in the headers of IPv4 and IPv6 reach. */
  private static final int LENGTH_FIELDS_BYTES = 6;

  private int headerBytes;

  /**
   * Where, within the first datagram, a tunnel begins that the monitored traffic carries itself.
   */
  private int nestedTunnel;

  /**
   * Returns bytes of each datagram but the last; 0 when there is but one, or no tunnel.
   *
   * @param geneve otherwise VXLAN
   * @param nested whether the datagram stands in a tunnel itself: it may be the monitored traffic's
   *     own, so nothing is looked for that the packet inside does not speak of
   * @param captured bytes at {@code at} that are there
   * @param length bytes that were on the wire
   */
  int segmentBytes(
      MemorySegment segment, long at, int captured, int length, boolean geneve, boolean nested) {
    headerBytes = header(segment, at, Math.min(captured, length), geneve);
    int datagramMin = headerBytes + Ethernet.HEADER_LENGTH;
    if (headerBytes == 0 || length < 2 * datagramMin) {
      return 0;
    }
    int said = firstLength(segment, at, Math.min(captured, length));
    if (said == length) {
      return 0;
    }
    if (said != LENGTH_UNKNOWN && said < length && isJoined(segment, at, captured, length, said)) {
      return said;
    }
    return said == LENGTH_UNKNOWN && nested
        ? 0
        : search(segment, at, captured, length, datagramMin);
  }

  /** Returns bytes of a header that the tap may have written, options included; 0 for none. */
  private static int header(MemorySegment segment, long at, int captured, boolean geneve) {
    if (geneve) {
      if (captured < Geneve.HEADER_LENGTH
          || Geneve.version(segment, at) != 0
          || (Bytes.i32(segment, at) & GENEVE_RESERVED) != 0
          || (Bytes.i32(segment, at + 4) & LAST_BYTE) != 0
          || Geneve.protocolType(segment, at) != Geneve.TYPE_ETHERNET) {
        return 0;
      }
      return Geneve.HEADER_LENGTH + Geneve.optionsLength(segment, at);
    }
    return captured >= Vxlan.HEADER_LENGTH
            && Bytes.i32(segment, at) == VXLAN_FLAGS
            && (Bytes.i32(segment, at + 4) & LAST_BYTE) == 0
        ? Vxlan.HEADER_LENGTH
        : 0;
  }

  /**
   * Returns bytes of the first datagram by what the packet inside says of its length, padding left
   * out.
   */
  private int firstLength(MemorySegment segment, long at, int captured) {
    nestedTunnel = LENGTH_UNKNOWN;
    int type = headerBytes + Ethernet.HEADER_LENGTH - 2;
    for (int i = 0; i < TAGS_MAX && type + 2 <= captured; i++) {
      if (!Ethernet.isVlan(Bytes.u16(segment, at + type))) {
        break;
      }
      type += Ethernet.VLAN_TAG_LENGTH;
    }
    int packet = type + 2;
    if (packet + LENGTH_FIELDS_BYTES > captured) {
      return LENGTH_UNKNOWN;
    }
    boolean isUdpKnown = packet + Ipv4.HEADER_LENGTH_MIN <= captured;
    return switch (Bytes.u16(segment, at + type)) {
      case Ethernet.TYPE_IPV4 -> {
        if (isUdpKnown && Ipv4.protocol(segment, at + packet) == IpProtocol.UDP) {
          noteTunnel(segment, at, captured, packet + Ipv4.headerLength(segment, at + packet));
        }
        yield packet + Ipv4.totalLength(segment, at + packet);
      }
      case Ethernet.TYPE_IPV6 -> {
        if (isUdpKnown && Ipv6.nextHeader(segment, at + packet) == IpProtocol.UDP) {
          noteTunnel(segment, at, captured, packet + Ipv6.HEADER_LENGTH);
        }
        yield packet + Ipv6.HEADER_LENGTH + Ipv6.payloadLength(segment, at + packet);
      }
      default -> LENGTH_UNKNOWN;
    };
  }

  private void noteTunnel(MemorySegment segment, long at, int captured, int transport) {
    if (transport + Udp.HEADER_LENGTH <= captured
        && isTunnelPort(Udp.destinationPort(segment, at + transport))) {
      nestedTunnel = transport + Udp.HEADER_LENGTH;
    }
  }

  static boolean isTunnelPort(int port) {
    return port == Vxlan.PORT || port == Geneve.PORT;
  }

  /** Looks for the next header that makes all of it equal datagrams. */
  private int search(MemorySegment segment, long at, int captured, int length, int from) {
    int least = Math.max(from, (length + SEGMENTS_MAX - 1) / SEGMENTS_MAX);
    int most = Math.min(length - headerBytes - Ethernet.HEADER_LENGTH, captured - Long.BYTES);
    long header = Bytes.i64(segment, at);
    for (int bytes = least; bytes <= most; bytes++) {
      if (Bytes.i64(segment, at + bytes) == header
          && bytes != nestedTunnel
          && isJoined(segment, at, captured, length, bytes)) {
        return bytes;
      }
    }
    return 0;
  }

  /** Returns whether datagrams of so many bytes all have the first one's header. */
  private boolean isJoined(MemorySegment segment, long at, int captured, int length, int bytes) {
    int count = (length + bytes - 1) / bytes;
    int last = length - (count - 1) * bytes;
    int datagramMin = headerBytes + Ethernet.HEADER_LENGTH;
    if (bytes < datagramMin || last < datagramMin || count < 2 || count > SEGMENTS_MAX) {
      return false;
    }
    long header = Bytes.i64(segment, at);
    for (int i = 1; i < count; i++) {
      int offset = i * bytes;
      if (offset + Long.BYTES > captured) {
        return true; // the capture ends before: what is there is as it should be
      }
      if (Bytes.i64(segment, at + offset) != header) {
        return false;
      }
    }
    return true;
  }
}
