/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Names what stopped the walk over a frame's link layer: each layer has names of its own. Looks
 * only at frames that are given up.
 *
 * @see "Zeek: src/packet_analysis/protocol"
 */
final class LinkWeirds {

  private static final int TYPE_ARP = 0x0806;
  private static final int TYPE_MPLS_MULTICAST = 0x8848;
  private static final int TYPE_PBB = 0x88E7;
  private static final int TYPE_VNTAG = 0x8926;

  /** Types that are neither a length nor assigned (IEEE 802.3 section 3.2.6). */
  private static final int LENGTH_MAX = 1_500;

  /** Zeek reads the first bytes behind the header as well. */
  private static final int ETHERNET_LENGTH_MIN = 17;

  private static final int SESSION_LENGTH_MIN = 9;
  private static final int ARP_LENGTH_MIN = 8;
  private static final int NFLOG_HEADER_LENGTH = 4;

  private LinkWeirds() {}

  /** Returns the weird of a frame whose headers stop before those of IP. */
  static Weird of(MemorySegment segment, Headers headers) {
    boolean truncated = headers.problem() == Headers.Problem.TRUNCATED_LINK_HEADER;
    return switch (headers.linkType()) {
      case LinkType.ETHERNET -> ethernet(segment, headers);
      case LinkType.LINUX_SLL -> whenTruncated(truncated, Weird.TRUNCATED_COOKED_HEADER);
      case LinkType.LINUX_SLL2 -> whenTruncated(truncated, Weird.TRUNCATED_COOKED2_HEADER);
      case LinkType.NULL, LinkType.LOOP -> Weird.TRUNCATED_LOOPBACK_HEADER;
      case LinkType.PPP -> whenTruncated(truncated, Weird.TRUNCATED_PPP_HEADER);
      case LinkType.PPP_SERIAL -> whenTruncated(truncated, Weird.TRUNCATED_PPP_SERIAL_HEADER);
      case LinkType.IEEE802_11 -> whenTruncated(truncated, Weird.TRUNCATED_WIRELESS_HEADER);
      case LinkType.IEEE802_11_RADIOTAP ->
          whenTruncated(truncated, Weird.TRUNCATED_RADIOTAP_HEADER);
      case LinkType.NFLOG -> nflog(segment, headers);
      default -> truncated ? Weird.TRUNCATED_LINK_HEADER : other(headers);
    };
  }

  private static Weird whenTruncated(boolean truncated, Weird weird) {
    return truncated ? weird : Weird.NOT_IP;
  }

  private static Weird other(Headers headers) {
    return headers.problem() == Headers.Problem.UNKNOWN_LINK_TYPE
        ? Weird.UNKNOWN_LINK_TYPE
        : Weird.NOT_IP;
  }

  private static Weird ethernet(MemorySegment segment, Headers headers) {
    long end = headers.captureEnd();
    long at = headers.start() + Ethernet.HEADER_LENGTH;
    if (end - headers.start() < ETHERNET_LENGTH_MIN) {
      return Weird.TRUNCATED_ETHERNET_FRAME;
    }
    if (headers.problem() == Headers.Problem.TOO_MANY_TAGS) {
      return Weird.TOO_MANY_TAGS;
    }
    int type = Ethernet.type(segment, headers.start());
    while (Ethernet.isVlan(type)) {
      if (end - at <= Ethernet.VLAN_TAG_LENGTH) {
        return Weird.TRUNCATED_VLAN_HEADER;
      }
      type = Bytes.u16(segment, at + 2);
      at += Ethernet.VLAN_TAG_LENGTH;
    }
    boolean truncated = headers.problem() == Headers.Problem.TRUNCATED_LINK_HEADER;
    return switch (type) {
      case TYPE_ARP -> isArp(segment, at, end) ? Weird.NOT_IP : Weird.TRUNCATED_ARP;
      case Ethernet.TYPE_MPLS, TYPE_MPLS_MULTICAST ->
          whenTruncated(truncated, Weird.TRUNCATED_MPLS_STACK);
      case Ethernet.TYPE_PPPOE_SESSION ->
          end - at < SESSION_LENGTH_MIN
              ? Weird.TRUNCATED_PPPOE_HEADER
              : whenTruncated(truncated, Weird.TRUNCATED_PPP_HEADER);
      case TYPE_VNTAG -> whenTruncated(truncated, Weird.TRUNCATED_TAG_HEADER);
      case TYPE_PBB -> whenTruncated(truncated, Weird.TRUNCATED_BACKBONE_HEADER);
      default -> {
        if (type > LENGTH_MAX && type < Ethernet.TYPE_MIN) {
          yield Weird.UNDEFINED_ETHERNET_TYPE;
        }
        yield whenTruncated(truncated, Weird.TRUNCATED_LINK_HEADER);
      }
    };
  }

  /** RFC 826: two addresses of each kind, as long as the header says. */
  private static boolean isArp(MemorySegment segment, long at, long end) {
    return end - at >= ARP_LENGTH_MIN
        && end - at
            >= ARP_LENGTH_MIN + 2L * (Bytes.u8(segment, at + 4) + Bytes.u8(segment, at + 5));
  }

  private static Weird nflog(MemorySegment segment, Headers headers) {
    long end = headers.captureEnd();
    long at = headers.start() + NFLOG_HEADER_LENGTH;
    if (end <= at) {
      return Weird.TRUNCATED_NFLOG_HEADER;
    }
    if (Bytes.u8(segment, headers.start() + 1) != 0) {
      return Weird.UNKNOWN_NFLOG_VERSION;
    }
    while (end - at >= NFLOG_HEADER_LENGTH) {
      int length = segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
      int step = (length + 3) & ~3;
      if (length < NFLOG_HEADER_LENGTH || step > end - at) {
        return Weird.NFLOG_BAD_LENGTH;
      }
      at += step;
    }
    return Weird.NFLOG_WITHOUT_PAYLOAD;
  }
}
