/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.modbus;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * What a message looks like. Stateless.
 *
 * <pre>
 *  0        2        4        6     7          8
 *  +--------+--------+--------+-----+----------+- - -
 *  | trans- | proto- | bytes  | unit| function | data
 *  | action | col: 0 | behind |     |          |
 *  +--------+--------+--------+-----+----------+- - -
 * </pre>
 *
 * @see "MODBUS Messaging on TCP/IP Implementation Guide section 3.1.3; MODBUS Application Protocol
 *     Specification 1.1b3 section 6"
 */
final class ModbusMessages {

  static final int HEADER = 8;

  /** Bytes in front of those that the length counts. */
  static final int PREFIX = 6;

  /** Bytes behind the prefix, at most (specification, section 4.1). */
  static final int LENGTH_MAX = 254;

  private ModbusMessages() {}

  /** Returns whether the bytes are one message. */
  static boolean isWhole(Payload p) {
    int length = p.u16(4);
    return p.u16(2) == 0 && length >= 2 && length <= LENGTH_MAX && length == p.length() - PREFIX;
  }

  /** As in {@link Resynchronizer.Header}. */
  static long messageBytes(Payload data, int at) {
    if (data.length() - at < HEADER) {
      return data.u8(at + 2) > 0 ? Resynchronizer.NONE : Resynchronizer.MORE;
    }
    int length = data.u16(at + 4);
    boolean isHeader = data.u16(at + 2) == 0 && length >= 2 && length <= LENGTH_MAX;
    boolean isFunction = data.u8(at + 7) > 0;
    return isHeader && isFunction ? PREFIX + length : Resynchronizer.NONE;
  }

  /** Returns whether the data of a function are all there. */
  static boolean isComplete(boolean isRequest, int function, Payload data) {
    int wanted = isRequest ? request(function, data) : response(function, data);
    return data.length() >= wanted;
  }

  private static int request(int function, Payload data) {
    return switch (function) {
      case 1, 2, 3, 4, 5, 6 -> 4;
      case 8, 24 -> 2;
      case 15 -> 5 + Math.max(0, data.u8(4));
      case 16 -> 5 + 2 * Math.max(0, data.u16(2));
      case 20 -> 1 + Math.max(0, data.u8(0)) / 7 * 7;
      case 21 -> 1;
      case 22 -> 6;
      case 23 -> 9 + Math.max(0, data.u8(8)) / 2 * 2;
      default -> function >= ModbusNames.EXCEPTION ? 1 : 0;
    };
  }

  private static int response(int function, Payload data) {
    return switch (function) {
      case 1, 2 -> 1 + Math.max(0, data.u8(0));
      case 3, 4, 23 -> 1 + Math.max(0, data.u8(0)) / 2 * 2;
      case 5, 6, 11, 15, 16 -> 4;
      case 7, 20, 21 -> 1;
      case 8 -> 2;
      case 12 -> 7;
      case 22 -> 6;
      case 24 -> 4 + 2 * Math.max(0, data.u16(2));
      default -> function >= ModbusNames.EXCEPTION ? 1 : 0;
    };
  }
}
