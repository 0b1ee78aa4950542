/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.unparsed;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/**
 * IMAP and XMPP.
 *
 * @see "RFC 9051; RFC 6120"
 */
public final class TextServices {

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.named("imap"))
              .serverPorts(Transport.TCP, 143)
              .originator(Declaration.ANY, Signature.alone(TextServices::isImapCommand))
              .responder("*", Signature.alone(TextServices::isImapGreeting))
              .traits(Trait.SERVER_DECIDES),
          Declaration.of(Service.named("xmpp"))
              .serverPorts(Transport.TCP, 5_222, 5_269)
              .bothEnds("<", Signature.alone(TextServices::isXmpp))
              .traits(Trait.MAY_TURN_TO_TLS));

  private TextServices() {}

  private static boolean isImapCommand(Payload p) {
    return p.firstLineHas(" CAPABILITY")
        || p.firstLineHas(" LOGIN ")
        || p.firstLineHas(" STARTTLS")
        || p.firstLineHas(" AUTHENTICATE ")
        || p.firstLineHas(" ID ");
  }

  private static boolean isImapGreeting(Payload p) {
    return p.has(0, "* OK") || p.has(0, "* PREAUTH") || p.has(0, "* BYE");
  }

  private static boolean isXmpp(Payload p) {
    return p.has(0, "<?xml") || p.has(0, "<stream:stream");
  }
}
