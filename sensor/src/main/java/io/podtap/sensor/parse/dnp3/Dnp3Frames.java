/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dnp3;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * Frames of the link layer: a header with its checksum, then blocks of 16 bytes with theirs.
 * Stateless.
 *
 * <pre>
 *  0         1         2        3         4             6        8     10
 *  +---------+---------+--------+---------+-------------+--------+-----+- - -
 *  | 0x05    | 0x64    | length | control | destination | source | CRC | blocks
 *  +---------+---------+--------+---------+-------------+--------+-----+- - -
 * </pre>
 *
 * The length counts what is behind it in the header, and the data without checksums.
 *
 * @see "IEEE 1815-2012 section 9.2"
 */
final class Dnp3Frames {

  static final int HEADER = 10;
  static final int CONTROL = 3;
  static final int BLOCK = 16;
  static final int CRC = 2;
  static final int FRAME_MAX = HEADER + 250 + 16 * CRC;

  private static final int START = 0x0564;

  /** What the length counts of the header. */
  private static final int COUNTED = 5;

  /** The checksum's polynomial 0x3D65, with its bits reversed. */
  private static final int POLYNOMIAL = 0xA6BC;

  private Dnp3Frames() {}

  static boolean begins(Payload p) {
    return p.u16(0) == START;
  }

  /** Returns how many bytes of data a header announces, without checksums; negative for none. */
  static int dataBytes(Payload header) {
    return header.u8(2) - COUNTED;
  }

  /** Returns how many bytes the data take with their checksums. */
  static int blockBytes(int dataBytes) {
    return dataBytes + (dataBytes + BLOCK - 1) / BLOCK * CRC;
  }

  /** As in {@link Resynchronizer.Header}. */
  static long frameBytes(Payload data, int at) {
    if (data.length() - at < HEADER) {
      int second = data.u8(at + 1);
      boolean mayBegin = data.u8(at) == 5 && (second == 0x64 || second < 0);
      return mayBegin ? Resynchronizer.MORE : Resynchronizer.NONE;
    }
    boolean isHeader =
        data.u16(at) == START && data.u8(at + 2) >= COUNTED && isCrcRight(data, at, HEADER - CRC);
    return isHeader ? HEADER + blockBytes(data.u8(at + 2) - COUNTED) : Resynchronizer.NONE;
  }

  /** Returns whether the checksum behind {@code count} bytes is theirs. */
  static boolean isCrcRight(Payload data, int at, int count) {
    int crc = 0;
    for (int i = at; i < at + count; i++) {
      crc ^= data.u8(i) & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
      }
    }
    int expected = ~crc & 0xFFFF;
    return data.u8(at + count) == (expected & 0xFF) && data.u8(at + count + 1) == expected >>> 8;
  }
}
