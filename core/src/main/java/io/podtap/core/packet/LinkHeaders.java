/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What may stand between a frame's first byte and its IP header, VLAN tags apart: link layers other
 * than Ethernet, and shims that carry a type of their own.
 *
 * <p>Every function returns how many bytes to step over and which EtherType follows, in one number
 * ({@link #bytes}, {@link #type}), or {@link #UNKNOWN}, or {@link #TRUNCATED}. Nothing is read at
 * or behind {@code end}.
 *
 * @see "RFC 3032 (MPLS); RFC 2516 (PPPoE); RFC 1661; IEEE 802.1ah; IEEE 802.1BR; IEEE 802.11;
 *     radiotap.org; RFC 1042 (SNAP); LINKTYPE_ registry"
 */
final class LinkHeaders {

  /** Nothing that is known here. */
  static final long UNKNOWN = -1;

  /** The captured bytes end inside a header. */
  static final long TRUNCATED = -2;

  /** Bytes of the header of PPPoE, up to the protocol of PPP. */
  static final int SESSION_HEADER_LENGTH = 6;

  private static final int TYPE_MPLS_MULTICAST = 0x8848;
  private static final int TYPE_PBB = 0x88E7;
  private static final int TYPE_FABRIC_PATH = 0x8903;
  private static final int TYPE_VNTAG = 0x8926;

  private static final int PPP_IPV4 = 0x0021;
  private static final int PPP_IPV6 = 0x0057;
  private static final int PPP_MPLS = 0x0281;

  private static final int LLC_SNAP = 0xAAAA03;
  private static final int LLC_SNAP_LENGTH = 8;

  private static final int NFLOG_PAYLOAD = 9;
  private static final int ADDRESS_FAMILY_IPV4 = 2;
  private static final int ADDRESS_FAMILY_IPV6 = 10;

  private LinkHeaders() {}

  /** Returns the bytes to step over. */
  static int bytes(long step) {
    return (int) (step >>> 16);
  }

  /** Returns the type of what follows. */
  static int type(long step) {
    return (int) step & 0xFFFF;
  }

  private static long step(long bytes, int type) {
    return bytes << 16 | type;
  }

  /** Steps over the link layer of a frame that is not Ethernet and not bare IP. */
  static long link(MemorySegment segment, int linkType, long at, long end) {
    return switch (linkType) {
      case LinkType.PPP, LinkType.PPP_SERIAL -> ppp(segment, at, end);
      case LinkType.CISCO_HDLC -> end - at < 4 ? TRUNCATED : step(4, Bytes.u16(segment, at + 2));
      case LinkType.FDDI -> after(13, snap(segment, at + 13, end));
      case LinkType.NFLOG -> nflog(segment, at, end);
      case LinkType.IEEE802_11 -> wireless(segment, at, end);
      case LinkType.IEEE802_11_RADIOTAP -> radiotap(segment, at, end);
      default -> UNKNOWN;
    };
  }

  /**
   * Steps over the shim that {@code type} announces; {@code at} is the first byte behind the type.
   */
  static long shim(MemorySegment segment, int type, long at, long end) {
    if (type < Ethernet.TYPE_MIN) {
      return snap(segment, at, end);
    }
    return switch (type) {
      case Ethernet.TYPE_MPLS, TYPE_MPLS_MULTICAST -> mpls(segment, at, end);
      case Ethernet.TYPE_PPPOE_SESSION ->
          after(SESSION_HEADER_LENGTH, ppp(segment, at + SESSION_HEADER_LENGTH, end));
      case TYPE_VNTAG -> typeAt(segment, at, 4, end);
      case TYPE_PBB -> typeAt(segment, at, 16, end); // service tag, then inner addresses
      case TYPE_FABRIC_PATH -> typeAt(segment, at, 14, end); // tag, then inner addresses
      default -> UNKNOWN;
    };
  }

  private static long after(int bytes, long step) {
    return step < 0 ? step : step + step(bytes, 0);
  }

  private static long typeAt(MemorySegment segment, long at, int offset, long end) {
    return end - at < offset + 2 ? TRUNCATED : step(offset + 2, Bytes.u16(segment, at + offset));
  }

  private static long snap(MemorySegment segment, long at, long end) {
    if (end - at < LLC_SNAP_LENGTH) {
      return TRUNCATED;
    }
    return Bytes.u24(segment, at) == LLC_SNAP
        ? step(LLC_SNAP_LENGTH, Bytes.u16(segment, at + 6))
        : UNKNOWN;
  }

  private static long mpls(MemorySegment segment, long first, long end) {
    long at = first;
    boolean bottom = false;
    while (!bottom) {
      if (end - at < 5) {
        return TRUNCATED;
      }
      bottom = (Bytes.u8(segment, at + 2) & 1) != 0;
      at += 4;
    }
    return switch (Bytes.u8(segment, at) >>> 4) {
      case 4 -> step(at - first, Ethernet.TYPE_IPV4);
      case 6 -> step(at - first, Ethernet.TYPE_IPV6);
      default -> UNKNOWN;
    };
  }

  private static long ppp(MemorySegment segment, long first, long end) {
    long at = first;
    if (end - at >= 2 && Bytes.u16(segment, at) == 0xFF03) {
      at += 2; // address and control, left out on some links
    }
    if (end - at < 2) {
      return TRUNCATED;
    }
    int type =
        switch (Bytes.u16(segment, at)) {
          case PPP_IPV4 -> Ethernet.TYPE_IPV4;
          case PPP_IPV6 -> Ethernet.TYPE_IPV6;
          case PPP_MPLS -> Ethernet.TYPE_MPLS;
          default -> 0;
        };
    return type == 0 ? UNKNOWN : step(at + 2 - first, type);
  }

  /** Records of length and type in the byte order of the machine that captured. */
  private static long nflog(MemorySegment segment, long first, long end) {
    if (end - first < 4) {
      return TRUNCATED;
    }
    int family = Bytes.u8(segment, first);
    long at = first + 4;
    while (end - at >= 4) {
      int length = segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
      int type = segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2) & 0xFFFF;
      if (type == NFLOG_PAYLOAD) {
        return switch (family) {
          case ADDRESS_FAMILY_IPV4 -> step(at + 4 - first, Ethernet.TYPE_IPV4);
          case ADDRESS_FAMILY_IPV6 -> step(at + 4 - first, Ethernet.TYPE_IPV6);
          default -> UNKNOWN;
        };
      }
      if (length < 4) {
        return UNKNOWN;
      }
      at += (length + 3) & ~3;
    }
    return TRUNCATED;
  }

  private static long radiotap(MemorySegment segment, long at, long end) {
    if (end - at < 4) {
      return TRUNCATED;
    }
    int length = Bytes.u8(segment, at + 2) | Bytes.u8(segment, at + 3) << 8;
    return end - at < length ? TRUNCATED : after(length, wireless(segment, at + length, end));
  }

  /** A data frame of IEEE 802.11 in the clear; of an aggregate (A-MSDU), its first part. */
  private static long wireless(MemorySegment segment, long at, long end) {
    if (end - at < 24) {
      return TRUNCATED;
    }
    int control = Bytes.u16(segment, at);
    boolean data = (control & 0x0C00) == 0x0800;
    boolean empty = (control & 0x4000) != 0;
    boolean encrypted = (control & 0x0040) != 0;
    if (!data || empty || encrypted) {
      return UNKNOWN;
    }
    int length = 24;
    if ((control & 0x0003) == 0x0003) {
      length += 6; // a fourth address
    }
    if ((control & 0x8000) != 0) { // quality of service
      if (end - at < length + 2) {
        return TRUNCATED;
      }
      boolean aggregate = (Bytes.u8(segment, at + length) & 0x80) != 0;
      length += 2;
      if ((control & 0x0080) != 0) {
        length += 4; // high throughput
      }
      if (aggregate) {
        length += 14;
      }
    }
    return after(length, snap(segment, at + length, end));
  }
}
