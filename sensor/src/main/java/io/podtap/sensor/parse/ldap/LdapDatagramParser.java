/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;

/**
 * Reads the messages in each datagram, as Active Directory is asked for its servers. One thread.
 */
final class LdapDatagramParser implements DatagramParser {

  private static final int SEQUENCE = 0x30;

  private final Session session;
  private final LdapMessages messages;

  LdapDatagramParser(LdapProtocol protocol, Session session) {
    this.session = session;
    this.messages = new LdapMessages(protocol, session, LdapProtocol.OVER_UDP);
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    while (!data.isEmpty()) {
      if (data.u8(0) != SEQUENCE
          || messages.read(fromOriginator, data) == LdapMessages.Outcome.INVALID) {
        session.violation("not an LDAP message");
        return;
      }
    }
  }

  @Override
  public void onFlowEnd() {
    messages.end();
  }
}
