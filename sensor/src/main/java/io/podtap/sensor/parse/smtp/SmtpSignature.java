/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.protocol.Signature.Match;

/**
 * First lines of SMTP; some of them begin other text protocols, too.
 *
 * @see "RFC 5321 sections 3.1 and 4.1.1"
 */
final class SmtpSignature {

  private SmtpSignature() {}

  static Match command(Payload p) {
    if (p.begins("EHLO ") || p.begins("HELO ") || p.begins("LHLO ")) {
      return Match.ALONE;
    }
    boolean isOfSeveral =
        p.begins("AUTH ")
            || p.begins("CAPA")
            || p.begins("STLS")
            || p.begins("APOP ")
            || p.begins("NICK ")
            || p.begins("CAP ")
            || p.begins("STARTTLS\r");
    return isOfSeveral ? Match.SHARED : Match.NONE;
  }

  static Match greeting(Payload p) {
    if (!p.has(0, "220") && !p.has(0, "421") && !p.has(0, "554")) {
      return Match.NONE;
    }
    if (p.firstLineHas("SMTP")) {
      return Match.ALONE;
    }
    boolean isShaped = p.u8(3) == ' ' || p.u8(3) == '-';
    return isShaped && !p.firstLineHas("FTP") ? Match.SHARED : Match.NONE;
  }
}
