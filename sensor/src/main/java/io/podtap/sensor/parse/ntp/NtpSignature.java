/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntp;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of NTP.
 *
 * @see "RFC 5905 section 7.3; RFC 9327 section 2"
 */
final class NtpSignature {

  private NtpSignature() {}

  static boolean isMessage(Payload p) {
    int version = (p.u8(0) >>> 3) & 7;
    int mode = p.u8(0) & 7;
    boolean timed = mode >= 1 && mode <= 5 && p.length() >= 48;
    return version >= 1 && version <= 4 && (timed || (mode >= 6 && p.length() >= 8));
  }
}
