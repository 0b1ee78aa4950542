/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Payload;

/**
 * Decompresses the beginning of a block. Stateless.
 *
 * <pre>
 * length of the whole (7 bits a byte), then elements by their first byte's lowest two bits:
 * 0 literal, 1 copy of 4 to 11 bytes, 2 copy with an offset of 2 bytes, 3 with one of 4 bytes
 * </pre>
 *
 * @see "snappy: format_description.txt"
 */
final class Snappy {

  private Snappy() {}

  /**
   * Decompresses as much as fits into {@code target} and is there.
   *
   * @return bytes written
   */
  static int decompress(Payload block, byte[] target) {
    int at = 0;
    while (block.u8(at) >= 0x80) {
      at++;
    }
    at++; // the length of the whole is not needed
    int to = 0;
    while (to < target.length && block.u8(at) >= 0) {
      int tag = block.u8(at++);
      int kind = tag & 3;
      int length = (tag >>> 2) + 1;
      if (kind == 0) {
        int lengthBytes = Math.max(0, length - 60);
        if (lengthBytes > 0) {
          length = (int) Math.min(little(block, at, lengthBytes) + 1, Integer.MAX_VALUE);
          at += lengthBytes;
        }
        int count = Math.min(length, Math.min(target.length - to, block.length() - at));
        if (count <= 0) {
          return to;
        }
        block.copyTo(at, target, to, count);
        to += count;
        at += count;
        if (count < length) {
          return to;
        }
        continue;
      }
      long offset;
      if (kind == 1) {
        length = (tag >>> 2 & 7) + 4;
        offset = (long) (tag & 0xE0) << 3 | Math.max(0, block.u8(at));
        at++;
      } else {
        int offsetBytes = kind == 2 ? 2 : 4;
        offset = little(block, at, offsetBytes);
        at += offsetBytes;
      }
      if (offset <= 0 || offset > to) {
        return to; // no block of Snappy
      }
      for (int i = 0; i < length && to < target.length; i++, to++) {
        target[to] = target[to - (int) offset];
      }
    }
    return to;
  }

  private static long little(Payload data, int at, int count) {
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | Math.max(0, data.u8(at + i));
    }
    return value;
  }
}
