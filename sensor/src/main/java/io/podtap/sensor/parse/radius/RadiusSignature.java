/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.radius;

import io.podtap.sensor.parse.Payload;

/**
 * What tells RADIUS: its length fills the datagram.
 *
 * @see "RFC 2865 section 3"
 */
final class RadiusSignature {

  private RadiusSignature() {}

  static boolean isMessage(Payload p) {
    return p.u16(2) == p.length();
  }
}
