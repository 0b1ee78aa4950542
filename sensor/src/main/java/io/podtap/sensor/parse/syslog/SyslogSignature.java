/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.syslog;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of syslog: a priority in angle brackets, over TCP perhaps behind a length.
 *
 * @see "RFC 5424 section 6; RFC 6587 section 3.4"
 */
final class SyslogSignature {

  private SyslogSignature() {}

  static boolean isMessage(Payload p) {
    return isPriority(p, 0);
  }

  static boolean isMeasuredMessage(Payload p) {
    int at = 0;
    while (at < 6 && isDigit(p.u8(at))) {
      at++;
    }
    if (at > 0) {
      if (p.u8(at) != ' ') {
        return false;
      }
      at++;
    }
    return isPriority(p, at);
  }

  private static boolean isPriority(Payload p, int start) {
    if (p.u8(start) != '<') {
      return false;
    }
    int at = start + 1;
    while (at < start + 5 && isDigit(p.u8(at))) {
      at++;
    }
    return at > start + 1 && p.u8(at) == '>';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
