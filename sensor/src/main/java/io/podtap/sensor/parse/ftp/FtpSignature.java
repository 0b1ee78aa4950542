/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.protocol.Signature.Match;

/**
 * First lines of FTP; some of them begin other text protocols, too.
 *
 * @see "RFC 959 sections 4.1 and 5.4; RFC 2228; RFC 2389"
 */
final class FtpSignature {

  private FtpSignature() {}

  static Match command(Payload p) {
    if (p.begins("FEAT\r") || p.begins("SYST\r") || p.begins("OPTS ")) {
      return Match.ALONE;
    }
    boolean isOfSeveral =
        p.begins("USER ")
            || p.begins("PASS ")
            || p.begins("AUTH ")
            || p.begins("CAPA")
            || p.begins("STLS")
            || p.begins("APOP ");
    return isOfSeveral ? Match.SHARED : Match.NONE;
  }

  static Match greeting(Payload p) {
    boolean isGreeting = p.has(0, "220") || p.has(0, "421") || p.has(0, "554");
    if (!isGreeting || p.firstLineHas("SMTP")) {
      return Match.NONE;
    }
    if (p.firstLineHas("FTP")) {
      return Match.ALONE;
    }
    return p.u8(3) == ' ' || p.u8(3) == '-' ? Match.SHARED : Match.NONE;
  }
}
