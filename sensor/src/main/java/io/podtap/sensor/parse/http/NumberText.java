/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;

/**
 * Numbers as they begin a text: digits at once, no blank and no sign but a minus before them,
 * whatever follows them left alone.
 */
final class NumberText {

  /** Stands for what does not begin with digits, or is beyond 64 bits. */
  static final long NONE = Long.MIN_VALUE;

  private NumberText() {}

  /** Returns the number at the start of a text, or {@link #NONE}. */
  static long read(String text, int base) {
    boolean negative = text.startsWith("-");
    long value = 0;
    int from = negative ? 1 : 0;
    int at = from;
    while (at < text.length() && digit(text.charAt(at), base) >= 0) {
      int digit = digit(text.charAt(at++), base);
      if (value > (Long.MAX_VALUE - digit) / base) {
        return NONE;
      }
      value = value * base + digit;
    }
    return at == from ? NONE : negative ? -value : value;
  }

  /** As above, of a line. */
  static long read(Payload line, int base) {
    int end = line.u8(0) == '-' ? 1 : 0;
    while (digit(line.u8(end), base) >= 0) {
      end++;
    }
    return read(line.text(0, end), base);
  }

  /** Returns whether a text is one number and nothing else. */
  static boolean isWhole(String text) {
    int from = text.startsWith("-") ? 1 : 0;
    for (int i = from; i < text.length(); i++) {
      if (digit(text.charAt(i), 10) < 0) {
        return false;
      }
    }
    return text.length() > from;
  }

  private static int digit(int c, int base) {
    return c < 0x80 ? Character.digit(c, base) : -1;
  }
}
