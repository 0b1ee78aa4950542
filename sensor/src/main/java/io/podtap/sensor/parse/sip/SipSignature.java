/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.sip;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of SIP.
 *
 * @see "RFC 3261 section 7"
 */
final class SipSignature {

  private SipSignature() {}

  static boolean isRequest(Payload p) {
    return p.firstLineHas(" SIP/2.0");
  }

  static boolean isAnswer(Payload p) {
    return p.has(0, "SIP/2.0 ");
  }

  static boolean isDatagram(Payload p) {
    return isRequest(p) || isAnswer(p);
  }
}
