/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.Payload;

/**
 * The greeting of a MySQL server.
 *
 * @see "MySQL client/server protocol, Protocol::HandshakeV10"
 */
final class MysqlSignature {

  private MysqlSignature() {}

  /**
   * Length, number 0, protocol 10, the version as text with a zero behind it, a number of four
   * bytes, eight bytes of salt without a zero in front of a zero.
   */
  static boolean isGreeting(Payload p) {
    int length = p.u8(0) | p.u8(1) << 8;
    if (p.u8(2) != 0 || p.u8(3) != 0 || p.u8(4) != 10 || length < 20 || length > 1_024) {
      return false;
    }
    int end = p.indexOf(0, 5);
    boolean isNumbered = false;
    for (int at = 5; at < end; at++) {
      if (p.u8(at) < ' ' || p.u8(at) >= 0x7F) {
        return false;
      }
      isNumbered |= p.u8(at) >= '0' && p.u8(at) <= '9';
    }
    return end > 5 && end < 5 + 128 && (isNumbered || p.u8(end + 13) == 0);
  }
}
