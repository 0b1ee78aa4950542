/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.packet.Frame;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How the records of a capture file are laid out. Holds the state that records share. */
abstract sealed class RecordFormat permits PcapFormat, PcapngFormat {

  /** Bit of {@link #next}'s result: the record was a packet and the view stands on it. */
  static final long FRAME = 1L << 32;

  /** The part of {@link #next}'s result that is the record's length. */
  static final long LENGTH_MASK = 0xFFFF_FFFFL;

  /** Asked for in place of a length: leave out {@link #skipBytes} bytes. */
  static final int SKIP = Integer.MAX_VALUE;

  private static final boolean NATIVE_LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  /** Whether the file's numbers are in the other byte order than this machine's. */
  boolean swapped;

  String problem = "";

  /**
   * Reads the record at {@code position}.
   *
   * @return above 0: the record's length, with {@link #FRAME} when it was a packet; below 0: that
   *     many bytes must be readable from {@code position} first, or {@link #SKIP}; 0: the record is
   *     damaged, {@link #problem} says how
   */
  abstract long next(MemorySegment buffer, int position, int limit, Frame frame);

  /** Returns bytes of the file in front of the first record. */
  abstract int headerLength();

  /** Returns how many bytes to leave out after {@link #SKIP}. */
  long skipBytes() {
    return 0;
  }

  final String problem() {
    return problem;
  }

  final int i32(MemorySegment segment, long offset) {
    int value = segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
    return swapped ? Integer.reverseBytes(value) : value;
  }

  final long u32(MemorySegment segment, long offset) {
    return i32(segment, offset) & 0xFFFF_FFFFL;
  }

  final int u16(MemorySegment segment, long offset) {
    short value = segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset);
    return (swapped ? Short.reverseBytes(value) : value) & 0xFFFF;
  }

  final long i64(MemorySegment segment, long offset) {
    long value = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    return swapped ? Long.reverseBytes(value) : value;
  }

  /** States the file's byte order. */
  final void order(boolean littleEndian) {
    swapped = littleEndian != NATIVE_LITTLE;
  }

  static int littleEndian(MemorySegment segment, long offset) {
    int value = segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
    return NATIVE_LITTLE ? value : Integer.reverseBytes(value);
  }
}
