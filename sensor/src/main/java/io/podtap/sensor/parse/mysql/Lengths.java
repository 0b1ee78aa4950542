/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.Payload;

/** Numbers of MySQL's own making: lowest byte first. */
final class Lengths {

  private Lengths() {}

  /** Reads a number of so many bytes; what is not there counts as zero. */
  static long little(Payload data, int at, int count) {
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | Math.max(0, data.u8(at + i));
    }
    return value;
  }

  /** Reads a number that says by its first byte how long it is, and leaves it behind; or -1. */
  static long take(Payload data) {
    int first = data.u8(0);
    int more =
        switch (first) {
          case 0xFC -> 2;
          case 0xFD -> 3;
          case 0xFE -> 8;
          default -> 0;
        };
    long value = more == 0 ? first : little(data, 1, more);
    data.skip(1 + more);
    return value;
  }

  /** Leaves a text behind that begins with its length. */
  static void skipText(Payload data) {
    long length = take(data);
    data.skip(Math.clamp(length, 0, data.length()));
  }
}
