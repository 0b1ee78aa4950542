/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.Payload;

/**
 * Named values before a query.
 *
 * @see "MySQL: COM_QUERY with CLIENT_QUERY_ATTRIBUTES"
 */
final class QueryAttributes {

  private static final int COUNT_MAX = 1_024;

  private QueryAttributes() {}

  /** Leaves them behind, as far as they are understood. */
  static void skip(Payload data) {
    long count = Lengths.take(data);
    Lengths.take(data); // sets of values, always one
    if (count <= 0 || count > COUNT_MAX) {
      return;
    }
    byte[] nulls = data.copy(0, (int) (count + 7) / 8);
    data.skip(nulls.length);
    data.skip(1); // types follow
    int[] types = new int[(int) count];
    for (int i = 0; i < count; i++) {
      types[i] = data.u8(0);
      data.skip(2);
      Lengths.skipText(data);
    }
    for (int i = 0; i < count; i++) {
      boolean isNull = i / 8 < nulls.length && (nulls[i / 8] >> (i % 8) & 1) != 0;
      if (!isNull) {
        value(data, types[i]);
      }
    }
  }

  private static void value(Payload data, int type) {
    switch (type) {
      case 1 -> data.skip(1); // TINY
      case 2, 13 -> data.skip(2); // SHORT, YEAR
      case 3, 4, 9 -> data.skip(4); // LONG, FLOAT, INT24
      case 5, 8 -> data.skip(8); // DOUBLE, LONGLONG
      case 6 -> {} // NULL
      default -> Lengths.skipText(data); // texts, and times, which begin with their length, too
    }
  }
}
