/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;

/** Reads messages that other protocols carry; what is none of Kerberos is left alone. */
final class KerberosMessageParser implements MessageParser {

  private final KerberosParser messages;

  KerberosMessageParser(KerberosProtocol protocol, Session session) {
    this.messages = new KerberosParser(protocol, session, Service.KERBEROS);
  }

  @Override
  public void onMessage(boolean fromOriginator, Payload message) {
    messages.take(message);
  }

  @Override
  public void onFlowEnd() {
    messages.onFlowEnd();
  }
}
