/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.socks;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of SOCKS, versions 4 and 5.
 *
 * @see "RFC 1928 section 3; SOCKS 4 and 4A"
 */
final class SocksSignature {

  private static final int GRANTED = 90;
  private static final int REJECTED_LAST = 93;

  private SocksSignature() {}

  static boolean isRequest(Payload p) {
    if (p.u8(0) == 5) {
      return p.u8(1) > 0 && p.length() == 2 + p.u8(1);
    }
    boolean isCommand = p.u8(0) == 4 && (p.u8(1) == 1 || p.u8(1) == 2);
    return isCommand && p.length() >= 9 && p.u8(p.length() - 1) == 0;
  }

  static boolean isAnswer(Payload p) {
    if (p.u8(0) == 5) {
      return p.length() == 2;
    }
    return p.u8(0) == 0 && p.u8(1) >= GRANTED && p.u8(1) <= REJECTED_LAST && p.length() == 8;
  }
}
