/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Unsigned integers in network byte order at any alignment.
 *
 * <p>All values are returned as {@code int} or {@code long} with the sign bits masked away; offsets
 * are bytes from the start of the segment.
 */
public final class Bytes {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final ValueLayout.OfLong NATIVE_LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** Beyond it the general copy is cheaper. */
  private static final int COPY_WORDWISE_MAX = 192;

  private Bytes() {}

  /** Returns the byte at {@code offset}, 0 to 255. */
  public static int u8(MemorySegment segment, long offset) {
    return segment.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
  }

  /** Returns the two bytes at {@code offset}, 0 to 65,535. */
  public static int u16(MemorySegment segment, long offset) {
    return segment.get(SHORT, offset) & 0xFFFF;
  }

  /** Returns the three bytes at {@code offset}, 0 to 16,777,215. */
  public static int u24(MemorySegment segment, long offset) {
    return u16(segment, offset) << 8 | u8(segment, offset + 2);
  }

  /** Returns the four bytes at {@code offset}, 0 to 4,294,967,295. */
  public static long u32(MemorySegment segment, long offset) {
    return segment.get(INT, offset) & 0xFFFF_FFFFL;
  }

  /** Returns the four bytes at {@code offset} as they stand, sign bit included. */
  public static int i32(MemorySegment segment, long offset) {
    return segment.get(INT, offset);
  }

  /** Returns the eight bytes at {@code offset} as they stand, sign bit included. */
  public static long i64(MemorySegment segment, long offset) {
    return segment.get(LONG, offset);
  }

  /** Writes the low eight bits of {@code value}. */
  public static void putU8(MemorySegment segment, long offset, int value) {
    segment.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
  }

  /** Writes the low sixteen bits of {@code value}. */
  public static void putU16(MemorySegment segment, long offset, int value) {
    segment.set(SHORT, offset, (short) value);
  }

  /** Writes the low 24 bits of {@code value}. */
  public static void putU24(MemorySegment segment, long offset, int value) {
    putU16(segment, offset, value >>> 8);
    putU8(segment, offset + 2, value);
  }

  /** Writes all 32 bits of {@code value}. */
  public static void putI32(MemorySegment segment, long offset, int value) {
    segment.set(INT, offset, value);
  }

  /** Writes all 64 bits of {@code value}. */
  public static void putI64(MemorySegment segment, long offset, long value) {
    segment.set(LONG, offset, value);
  }

  /**
   * Copies bytes between places that do not overlap. Short runs, as headers and small packets are,
   * go word by word: half the price of the general copy, which prepares for long ones.
   */
  public static void copy(
      MemorySegment source, long from, MemorySegment target, long to, int length) {
    if (length < Long.BYTES || length > COPY_WORDWISE_MAX) {
      MemorySegment.copy(source, from, target, to, length);
      return;
    }
    int last = length - Long.BYTES;
    for (int i = 0; i < last; i += Long.BYTES) {
      target.set(NATIVE_LONG, to + i, source.get(NATIVE_LONG, from + i));
    }
    target.set(NATIVE_LONG, to + last, source.get(NATIVE_LONG, from + last));
  }

  /** Writes zeros; without a slice, which {@link MemorySegment#fill} would need. */
  public static void clear(MemorySegment target, long offset, int length) {
    int words = length & -Long.BYTES;
    for (int i = 0; i < words; i += Long.BYTES) {
      target.set(NATIVE_LONG, offset + i, 0);
    }
    for (int i = words; i < length; i++) {
      target.set(ValueLayout.JAVA_BYTE, offset + i, (byte) 0);
    }
  }
}
