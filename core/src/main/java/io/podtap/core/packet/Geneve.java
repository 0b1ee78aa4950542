/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The Geneve header and the options that a tap adds.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Ver|  Opt len  |O|C|    Rsvd   |         Protocol type         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Virtual network identifier          |    Reserved   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * One option:
 * |          Option class         |      Type     |R|R|R| Length  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The tap's option data (16 bytes):
 * |          Capture time, nanoseconds since 1970 (8 bytes)       |
 * |            Original length    |           Tap id              |
 * </pre>
 *
 * @see "RFC 8926 sections 3.4 and 3.5"
 */
public final class Geneve {

  /** Registered UDP destination port. */
  public static final int PORT = 6081;

  /** Bytes of the header without options. */
  public static final int HEADER_LENGTH = 8;

  /** Bytes of one option's own header. */
  public static final int OPTION_HEADER_LENGTH = 4;

  /** Protocol type of an Ethernet frame inside: Transparent Ethernet Bridging. */
  public static final int TYPE_ETHERNET = 0x6558;

  /** First class of the range for experimental use. */
  public static final int OPTION_CLASS = 0xFF00;

  /** Type of the tap's option within {@link #OPTION_CLASS}; the critical bit is clear. */
  public static final int OPTION_TYPE = 0x01;

  /** Bytes of the tap's option data: capture time 8, original length 4, tap id 4. */
  public static final int OPTION_DATA_LENGTH = 16;

  /** Bytes of header and the tap's option. */
  public static final int TAP_HEADER_LENGTH =
      HEADER_LENGTH + OPTION_HEADER_LENGTH + OPTION_DATA_LENGTH;

  private Geneve() {}

  /** Writes a header with the tap's one option, {@link #TAP_HEADER_LENGTH} bytes. */
  public static void put(
      MemorySegment segment,
      long offset,
      int vni,
      long timestampNs,
      int originalLength,
      int tapId) {
    int optionWords = (OPTION_HEADER_LENGTH + OPTION_DATA_LENGTH) >> 2;
    Bytes.putI32(segment, offset, optionWords << 24 | TYPE_ETHERNET);
    Bytes.putI32(segment, offset + 4, vni << 8);
    long option = offset + HEADER_LENGTH;
    Bytes.putI32(segment, option, OPTION_CLASS << 16 | OPTION_TYPE << 8 | OPTION_DATA_LENGTH >> 2);
    Bytes.putI64(segment, option + 4, timestampNs);
    Bytes.putI32(segment, option + 12, originalLength);
    Bytes.putI32(segment, option + 16, tapId);
  }

  /** Writes a header without options, {@link #HEADER_LENGTH} bytes, of an Ethernet frame. */
  public static void put(MemorySegment segment, long offset, int vni) {
    Bytes.putI32(segment, offset, TYPE_ETHERNET);
    Bytes.putI32(segment, offset + 4, vni << 8);
  }

  /** Returns the capture time in a header that {@link #put} wrote, nanoseconds since 1970. */
  public static long tapTimestampNs(MemorySegment segment, long offset) {
    return Bytes.i64(segment, offset + HEADER_LENGTH + OPTION_HEADER_LENGTH);
  }

  /** Returns the version, which is 0. */
  public static int version(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset) >>> 6;
  }

  /** Returns bytes of all options: 0 to 252. */
  public static int optionsLength(MemorySegment segment, long offset) {
    return (Bytes.u8(segment, offset) & 0x3F) << 2;
  }

  /** Returns the EtherType of what is inside. */
  public static int protocolType(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + 2);
  }

  /** Returns the virtual network identifier. */
  public static int vni(MemorySegment segment, long offset) {
    return Bytes.u24(segment, offset + 4);
  }
}
