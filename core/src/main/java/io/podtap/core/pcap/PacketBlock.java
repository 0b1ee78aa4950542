/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A packet's block of pcapng, in place: {@link #put} says where the packet's bytes go, and the
 * caller writes exactly as many as it announced; the others read what {@code put} wrote. In the
 * byte order of the machine, times in nanoseconds. No allocation, no state.
 *
 * <p>Enhanced packet block, as written here:
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Block type = 6                            |
 * |                     Block total length                        |
 * |                     Interface, from 0 in the section          |
 * |                     Time stamp, upper 32 bits                 |
 * |                     Time stamp, lower 32 bits                 |
 * |                     Captured bytes                            |
 * |                     Original bytes                            |
 * /                     Packet, padded to a multiple of four      /
 * |  epb_flags = 2                |  Length = 4                   |
 * |                                                         | dir |
 * |  opt_endofopt = 0             |  Length = 0                   |
 * |                     Block total length again                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @see "draft-ietf-opsawg-pcapng section 4.3"
 */
public final class PacketBlock {

  /** Bytes of a block beside the packet and its padding. */
  public static final int OVERHEAD = 44;

  private static final int LENGTH_AT = 4;
  private static final int INTERFACE_AT = 8;
  private static final int TIME_AT = 12;
  private static final int CAPTURED_AT = 20;
  private static final int ORIGINAL_AT = 24;
  private static final int PACKET_AT = 28;

  /** Bytes of options and the length behind the packet. */
  private static final int TRAILER = 16;

  private static final int FLAG_INBOUND = 1;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  private PacketBlock() {}

  /** Returns bytes of the block of a packet of so many captured bytes, a multiple of four. */
  public static int length(int capturedLength) {
    return OVERHEAD + ((capturedLength + 3) & ~3);
  }

  /**
   * Writes a packet's block, all but the packet.
   *
   * @param at where the block begins in {@code target}; it takes {@link #length} bytes
   * @param timestampNs nanoseconds since 1970
   * @param capturedLength bytes that the caller will write
   * @param outgoing whether the captured host sent the packet
   * @return where in {@code target} the packet goes
   */
  public static long put(
      MemorySegment target,
      long at,
      int interfaceId,
      long timestampNs,
      int capturedLength,
      int originalLength,
      boolean outgoing) {
    int length = length(capturedLength);
    long options = at + length - TRAILER;
    target.set(INT, options - 4, 0); // the padding; what of it is not is written over
    target.set(INT, at, PcapngFormat.ENHANCED_PACKET);
    target.set(INT, at + LENGTH_AT, length);
    target.set(INT, at + INTERFACE_AT, interfaceId);
    target.set(INT, at + TIME_AT, (int) (timestampNs >>> 32));
    target.set(INT, at + TIME_AT + 4, (int) timestampNs);
    target.set(INT, at + CAPTURED_AT, capturedLength);
    target.set(INT, at + ORIGINAL_AT, originalLength);
    target.set(SHORT, options, (short) PcapngFormat.OPTION_FLAGS);
    target.set(SHORT, options + 2, (short) Integer.BYTES);
    target.set(INT, options + 4, outgoing ? PcapngFormat.DIRECTION_OUTBOUND : FLAG_INBOUND);
    target.set(INT, options + 8, PcapngFormat.OPTION_END);
    target.set(INT, options + 12, length);
    return at + PACKET_AT;
  }

  /** Returns bytes of the block at {@code at}. */
  public static int blockLength(MemorySegment source, long at) {
    return source.get(INT, at + LENGTH_AT);
  }

  /** Returns the interface's number. */
  public static int interfaceId(MemorySegment source, long at) {
    return source.get(INT, at + INTERFACE_AT);
  }

  /** Gives the block another interface. */
  public static void interfaceId(MemorySegment target, long at, int id) {
    target.set(INT, at + INTERFACE_AT, id);
  }

  /** Returns the capture time, nanoseconds since 1970. */
  public static long timestampNs(MemorySegment source, long at) {
    long upper = source.get(INT, at + TIME_AT);
    return upper << 32 | Integer.toUnsignedLong(source.get(INT, at + TIME_AT + 4));
  }

  /** Returns bytes of the packet in the block. */
  public static int capturedLength(MemorySegment source, long at) {
    return source.get(INT, at + CAPTURED_AT);
  }

  /** Returns bytes that the packet had before anything was cut off. */
  public static int originalLength(MemorySegment source, long at) {
    return source.get(INT, at + ORIGINAL_AT);
  }

  /** Returns whether the captured host sent the packet. */
  public static boolean isOutgoing(MemorySegment source, long at) {
    long options = at + blockLength(source, at) - TRAILER;
    return source.get(INT, options + 4) == PcapngFormat.DIRECTION_OUTBOUND;
  }

  /** Returns where the packet begins in a block that begins at {@code at}. */
  public static long packet(long at) {
    return at + PACKET_AT;
  }
}
