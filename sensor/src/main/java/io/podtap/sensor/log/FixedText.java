/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A short text that is written again and again, eight bytes at a time. Immutable. */
final class FixedText {

  private final long[] eights;
  private final int length;

  /**
   * @param text ASCII
   */
  FixedText(String text) {
    length = text.length();
    eights = new long[(length + Long.BYTES - 1) / Long.BYTES];
    byte[] bytes =
        Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), eights.length * Long.BYTES);
    for (int i = 0; i < eights.length; i++) {
      eights[i] = EightBytes.at(bytes, i * Long.BYTES);
    }
  }

  /** Returns how many bytes it has. */
  int length() {
    return length;
  }

  /** Returns how many bytes {@link #copyTo} writes: the last ones do not count. */
  int room() {
    return eights.length * Long.BYTES;
  }

  /** Writes it to {@code at}, where there must be {@link #room}. */
  void copyTo(byte[] target, int at) {
    for (int i = 0; i < eights.length; i++) {
      EightBytes.set(target, at + i * Long.BYTES, eights[i]);
    }
  }
}
