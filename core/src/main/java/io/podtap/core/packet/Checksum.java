/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The Internet checksum.
 *
 * <p>Sums are kept unfolded in a {@code long} and in the byte order of the machine, which RFC 1071
 * section 2(B) allows; {@link #finish} folds, complements and gives the value in network order.
 * Partial sums over even-length pieces are added with {@code +}.
 *
 * @see "RFC 1071; RFC 9293 section 3.1; RFC 8200 section 8.1"
 */
public final class Checksum {

  private static final boolean LITTLE_ENDIAN =
      java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;

  private Checksum() {}

  /**
   * Sums {@code length} bytes at {@code offset}; an odd last byte is padded with zero.
   *
   * @return an unfolded sum, below 2^53 for any length that fits an {@code int}
   */
  public static long sum(MemorySegment segment, long offset, int length) {
    long low = 0;
    long high = 0;
    long at = offset;
    long end = offset + (length & ~7);
    for (; at < end; at += Long.BYTES) {
      long word = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
      low += word & 0xFFFF_FFFFL;
      high += word >>> 32;
    }
    long sum = low + high;
    if ((length & 4) != 0) {
      sum += segment.get(ValueLayout.JAVA_INT_UNALIGNED, at) & 0xFFFF_FFFFL;
      at += Integer.BYTES;
    }
    if ((length & 2) != 0) {
      sum += segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xFFFFL;
      at += Short.BYTES;
    }
    if ((length & 1) != 0) {
      long last = segment.get(ValueLayout.JAVA_BYTE, at) & 0xFFL;
      sum += LITTLE_ENDIAN ? last : last << 8;
    }
    return sum;
  }

  /** Returns {@code word}, a sixteen-bit value in network order, as a summand. */
  public static long word(int word) {
    return LITTLE_ENDIAN ? Short.reverseBytes((short) word) & 0xFFFFL : word & 0xFFFFL;
  }

  /** Sums the IPv4 pseudo-header of the packet whose IP header stands at {@code ipOffset}. */
  public static long pseudoIpv4(MemorySegment segment, long ipOffset, int protocol, int length) {
    return sum(segment, ipOffset + 12, 8) + word(protocol) + word(length);
  }

  /**
   * Sums the IPv6 pseudo-header of the packet whose fixed header stands at {@code ipOffset}.
   *
   * @param length bytes of the upper-layer packet, which may exceed 65,535
   */
  public static long pseudoIpv6(MemorySegment segment, long ipOffset, int protocol, int length) {
    return sum(segment, ipOffset + 8, 32) + word(protocol) + word(length) + word(length >>> 16);
  }

  /**
   * Folds, complements and returns the checksum as the sixteen-bit value to write in network order.
   */
  public static int finish(long sum) {
    long folded = (sum >>> 32) + (sum & 0xFFFF_FFFFL);
    folded = (folded >>> 16) + (folded & 0xFFFF);
    folded = (folded >>> 16) + (folded & 0xFFFF);
    folded = (folded >>> 16) + (folded & 0xFFFF);
    int checksum = (int) ~folded & 0xFFFF;
    return LITTLE_ENDIAN ? Short.reverseBytes((short) checksum) & 0xFFFF : checksum;
  }
}
