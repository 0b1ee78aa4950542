/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of TLS and DTLS, and records in the middle of a connection.
 *
 * @see "RFC 8446 sections 4.1.3 and 5.1; RFC 5246 appendix E.2; RFC 6347 section 4.1"
 */
final class TlsSignature {

  private static final int RECORD_HEADER = 5;
  private static final int RECORD_MAX = 16_384 + 2_048;
  private static final int RECORDS_MAX = 64;
  private static final int CHAIN_MIN = 2;

  private TlsSignature() {}

  /** A ClientHello at the start of a TLS record, or of SSL 2. */
  static boolean isClientHello(Payload p) {
    if (p.u8(0) == 0x16 && p.u8(1) == 3 && p.u8(2) <= 4 && p.u8(5) == 1) {
      return true;
    }
    return (p.u8(0) & 0x80) != 0
        && p.u8(0) > 0
        && p.u8(2) == 1
        && (p.u16(3) == 0x0002 || (p.u8(3) == 3 && p.u8(4) <= 3))
        && (p.u16(0) & 0x7FFF) == p.length() - 2;
  }

  /** A ServerHello, or an alert. */
  static boolean isServerHello(Payload p) {
    boolean isAlert = p.u16(0) == 0x1503 && p.u16(3) == 2;
    return isAlert || (p.u8(0) == 0x16 && p.u8(1) == 3 && p.u8(5) == 2);
  }

  /** Records of application data or alerts that fill the segment, or begin in it. */
  static boolean isRecords(Payload p) {
    long at = 0;
    int count = 0;
    while (at < p.length() && count < RECORDS_MAX) {
      int start = (int) at;
      int type = p.u8(start);
      int length = p.u16(start + 3);
      if (p.length() - start < RECORD_HEADER) {
        return count >= CHAIN_MIN;
      }
      if (type < 0x14
          || type > 0x17
          || p.u8(start + 1) != 3
          || p.u8(start + 2) > 4
          || length == 0
          || length > RECORD_MAX) {
        return false;
      }
      count++;
      at += RECORD_HEADER + length;
    }
    return count > 0;
  }

  static boolean isDatagram(Payload p) {
    return p.u8(0) == 0x16 && (p.u16(1) == 0xFEFF || p.u16(1) == 0xFEFD) && p.u16(11) > 0;
  }
}
