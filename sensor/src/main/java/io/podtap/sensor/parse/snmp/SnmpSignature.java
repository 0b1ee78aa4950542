/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.snmp;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of SNMP: SEQUENCE { version.
 *
 * @see "RFC 1157 section 4; RFC 3412 section 6"
 */
final class SnmpSignature {

  private SnmpSignature() {}

  static boolean isMessage(Payload p) {
    if (p.u8(0) != 0x30) {
      return false;
    }
    int at = p.u8(1) >= 0x80 ? 2 + (p.u8(1) & 0x7F) : 2;
    return p.u16(at) == 0x0201 && p.u8(at + 2) <= 3;
  }
}
