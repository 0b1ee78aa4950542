/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dhcp;

import io.podtap.sensor.parse.Payload;

/**
 * What tells DHCP: the cookie in front of the options.
 *
 * @see "RFC 2131 section 3"
 */
final class DhcpSignature {

  private static final int COOKIE_OFFSET = 236;
  private static final long COOKIE = 0x6382_5363L;

  private DhcpSignature() {}

  static boolean isMessage(Payload p) {
    return p.u32(COOKIE_OFFSET) == COOKIE;
  }
}
