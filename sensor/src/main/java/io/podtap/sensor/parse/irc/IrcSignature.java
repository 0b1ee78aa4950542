/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.irc;

import io.podtap.sensor.parse.Payload;

/**
 * First lines of IRC; those of the client begin other text protocols, too.
 *
 * @see "RFC 2812 section 3"
 */
final class IrcSignature {

  private IrcSignature() {}

  static boolean isCommand(Payload p) {
    return p.begins("USER ")
        || p.begins("PASS ")
        || p.begins("AUTH ")
        || p.begins("CAPA")
        || p.begins("STLS")
        || p.begins("APOP ")
        || p.begins("NICK ")
        || p.begins("CAP ")
        || p.begins("STARTTLS\r");
  }

  static boolean isAnswer(Payload p) {
    return p.has(0, "NOTICE ")
        || p.has(0, "PING ")
        || p.has(0, "ERROR ")
        || (p.u8(0) == ':' && p.firstLineHas(" "));
  }
}
