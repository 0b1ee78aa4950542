/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The Ethernet II header and the 802.1Q tag.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      Destination address                      |
 * +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                               |        Source address         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           EtherType           |  tag: PCP|D|    VLAN id       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @see "IEEE 802.3 clause 3; IEEE 802.1Q clause 9; linux/if_ether.h"
 */
public final class Ethernet {

  /** Bytes of the header without a tag. */
  public static final int HEADER_LENGTH = 14;

  /** Bytes of one 802.1Q or 802.1ad tag. */
  public static final int VLAN_TAG_LENGTH = 4;

  public static final int TYPE_IPV4 = 0x0800;
  public static final int TYPE_ARP = 0x0806;
  public static final int TYPE_IPV6 = 0x86DD;
  public static final int TYPE_VLAN = 0x8100;
  public static final int TYPE_QINQ = 0x88A8;
  public static final int TYPE_QINQ_OLD = 0x9100;
  public static final int TYPE_MPLS = 0x8847;
  public static final int TYPE_PPPOE_SESSION = 0x8864;

  /** Smallest value of the type field that is a type; below it is an 802.3 length. */
  public static final int TYPE_MIN = 0x0600;

  /** IEEE 802 local experimental EtherType 1; carries the tap's in-band report. */
  public static final int TYPE_LOCAL_EXPERIMENTAL = 0x88B5;

  private static final int TYPE_OFFSET = 12;

  private Ethernet() {}

  /** Returns the destination address in the low 48 bits. */
  public static long destination(MemorySegment segment, long offset) {
    return Bytes.u32(segment, offset) << 16 | Bytes.u16(segment, offset + 4);
  }

  /** Returns the source address in the low 48 bits. */
  public static long source(MemorySegment segment, long offset) {
    return Bytes.u32(segment, offset + 6) << 16 | Bytes.u16(segment, offset + 10);
  }

  /** Returns the type (or 802.3 length) field of the header at {@code offset}. */
  public static int type(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + TYPE_OFFSET);
  }

  /** Returns whether {@code type} announces a VLAN tag. */
  public static boolean isVlan(int type) {
    return type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_QINQ_OLD;
  }

  /** Writes a whole header: two 48-bit addresses and the type. */
  public static void put(
      MemorySegment segment, long offset, long destination, long source, int type) {
    Bytes.putI32(segment, offset, (int) (destination >>> 16));
    Bytes.putU16(segment, offset + 4, (int) destination);
    Bytes.putI32(segment, offset + 6, (int) (source >>> 16));
    Bytes.putU16(segment, offset + 10, (int) source);
    Bytes.putU16(segment, offset + TYPE_OFFSET, type);
  }
}
