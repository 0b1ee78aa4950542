/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of DNS: a header whose counts and operation make sense, over TCP behind its length.
 *
 * @see "RFC 1035 sections 4.1.1 and 4.2.2"
 */
final class DnsSignature {

  private static final int HEADER_BYTES = 12;

  private DnsSignature() {}

  static boolean isMessage(Payload p) {
    return isMessage(p, 0);
  }

  /** The beginning of a message behind its length. */
  static boolean isMeasuredMessage(Payload p) {
    return p.u16(0) >= HEADER_BYTES && isMessage(p, 2);
  }

  /** A message behind its length that is whole. */
  static boolean isWholeMessage(Payload p) {
    return p.u16(0) <= p.length() - 2 && isMeasuredMessage(p);
  }

  private static boolean isMessage(Payload p, int at) {
    if (p.length() - at < HEADER_BYTES) {
      return false;
    }
    int operation = (p.u8(at + 2) >>> 3) & 0xF;
    int records = p.u16(at + 4) + p.u16(at + 6) + p.u16(at + 8) + p.u16(at + 10);
    boolean plausible = operation <= 6 && records > 0 && records < 512;
    return plausible && (p.u8(at + 3) & 0x40) == 0;
  }
}
