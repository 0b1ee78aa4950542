/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * What messages look like at any place of a stream: in the shape of {@link Resynchronizer.Header}.
 * Stateless.
 *
 * @see "PostgreSQL: Frontend/Backend Protocol, message formats"
 */
final class PostgresqlHeaders {

  private static final int HEADER = 5;
  private static final long LENGTH_MAX = 1 << 30;
  private static final int TEXT_MAX = 1 << 20;
  private static final int AUTHENTICATION_LAST = 12;

  private PostgresqlHeaders() {}

  /** Of what clients send. */
  static long client(Payload data, int at) {
    int type = data.u8(at);
    boolean isType =
        switch (type) {
          case 'Q', 'P', 'B', 'E', 'D', 'S', 'C', 'H', 'F', 'X', 'p', 'f', 'd', 'c' -> true;
          default -> false;
        };
    if (!isType) {
      return Resynchronizer.NONE;
    }
    long length = data.u32(at + 1);
    if (length < 0) {
      return Resynchronizer.MORE;
    }
    boolean fits =
        switch (type) {
          case 'S', 'H', 'X', 'c' -> length == 4;
          case 'D', 'C' -> length >= 6 && (data.u8(at + 5) == 'S' || data.u8(at + 5) == 'P');
          case 'E' -> length >= 9 && length < TEXT_MAX;
          case 'Q' -> length > 4 && length < LENGTH_MAX && data.u8(at + HEADER) != 0;
          case 'P', 'B' -> length >= 8 && length < LENGTH_MAX;
          default -> length >= 4 && length < LENGTH_MAX;
        };
    return fits ? 1 + length : Resynchronizer.NONE;
  }

  /** Of what servers send. */
  static long server(Payload data, int at) {
    int type = data.u8(at);
    long length = data.u32(at + 1);
    boolean isType =
        switch (type) {
          case 'Z',
              'C',
              'D',
              'T',
              'E',
              'N',
              'S',
              'K',
              'R',
              'A',
              't',
              'I',
              'n',
              's',
              '1',
              '2',
              '3',
              'G',
              'H',
              'W',
              'd',
              'c' ->
              true;
          default -> false;
        };
    if (!isType) {
      return Resynchronizer.NONE;
    }
    if (data.length() - at < HEADER + 2) {
      boolean isWhole = length == 4 || length == 5;
      return isWhole && data.length() - at >= 1 + length
          ? check(data, at, type, length)
          : Resynchronizer.MORE;
    }
    return check(data, at, type, length);
  }

  private static long check(Payload data, int at, int type, long length) {
    int first = data.u8(at + HEADER);
    boolean fits =
        switch (type) {
          case 'Z' -> length == 5 && (first == 'I' || first == 'T' || first == 'E');
          case '1', '2', '3', 'n', 's', 'I', 'c' -> length == 4;
          case 'C' -> length > 5 && length < 128 && first >= 'A' && first <= 'Z';
          case 'D' ->
              length >= 6 && length < LENGTH_MAX && 4L * data.u16(at + HEADER) <= length - 6;
          case 'T' -> length >= 6 && length < TEXT_MAX && 18L * data.u16(at + HEADER) <= length - 6;
          case 'E', 'N' -> length > 6 && length < TEXT_MAX && first >= 'A' && first <= 'Z';
          case 'S' -> length > 6 && length < 4_096 && first >= 'A' && first <= 'z';
          case 'K' -> length >= 12 && length <= 268;
          case 'R' ->
              length >= 8
                  && length < TEXT_MAX
                  && data.u16(at + HEADER) == 0
                  && data.u32(at + HEADER) <= AUTHENTICATION_LAST;
          case 'A' -> length > 9 && length < TEXT_MAX;
          default -> length >= 6 && length < LENGTH_MAX;
        };
    return fits ? 1 + length : Resynchronizer.NONE;
  }
}
