/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.math.BigDecimal;

/**
 * What a program counts in, and the base unit that is published.
 *
 * @see "prometheus.io/docs/practices/naming: base units"
 */
public enum MetricUnit {
  /** Things that the metric's name says: frames, packets, flows. */
  NONE("", 0),
  BYTES("bytes", 0),
  SECONDS("seconds", 0),
  /** Read in nanoseconds, published in seconds. */
  NANOSECONDS("seconds", 9),
  /** Read in microseconds, published in seconds. */
  MICROSECONDS("seconds", 6);

  private final String word;
  private final int decimals;

  MetricUnit(String word, int decimals) {
    this.word = word;
    this.decimals = decimals;
  }

  /** Returns the base unit, or an empty text. */
  String word() {
    return word;
  }

  /** Returns {@code name} with the base unit behind it. */
  String suffixed(String name) {
    return word.isEmpty() ? name : name.isEmpty() ? word : name + '_' + word;
  }

  /** Returns {@code value} in the base unit, as a decimal number. */
  String text(long value) {
    return decimals == 0
        ? Long.toString(value)
        : value == 0
            ? "0"
            : BigDecimal.valueOf(value, decimals).stripTrailingZeros().toPlainString();
  }

  /** Returns {@code value} in whole base units, rounded towards zero. */
  long whole(long value) {
    long whole = value;
    for (int i = 0; i < decimals; i++) {
      whole /= 10;
    }
    return whole;
  }
}
