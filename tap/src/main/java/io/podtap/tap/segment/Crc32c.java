/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.segment;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * The checksum of SCTP packets, which a sender may leave to the device as it does with TCP's.
 *
 * @see "RFC 9260 section 6.8 and appendix A"
 */
final class Crc32c {

  /** The Castagnoli polynomial, bits reversed. */
  private static final int POLYNOMIAL = 0x82F6_3B78;

  private static final int[] TABLE = table();

  private Crc32c() {}

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) != 0 ? value >>> 1 ^ POLYNOMIAL : value >>> 1;
      }
      table[i] = value;
    }
    return table;
  }

  /**
   * Returns the checksum of the SCTP packet at {@code offset}, its own field at {@code field} taken
   * as zero, as it is written in network order.
   */
  static int ofSctp(MemorySegment segment, long offset, int length, int field) {
    int crc = -1;
    for (int i = 0; i < length; i++) {
      int next = i >= field && i < field + Integer.BYTES ? 0 : Bytes.u8(segment, offset + i);
      crc = crc >>> 8 ^ TABLE[(crc ^ next) & 0xFF];
    }
    return Integer.reverseBytes(~crc);
  }
}
