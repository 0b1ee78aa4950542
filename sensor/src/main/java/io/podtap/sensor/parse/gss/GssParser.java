/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.gss;

import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.ber.Element;

/**
 * Reads tokens. As Zeek does, a mechanism's token is handed on only out of SPNEGO: a token of
 * another mechanism in the frame of RFC 2743 is no SPNEGO and is left alone.
 */
final class GssParser implements MessageParser {

  /** The frame of an initial token: an object identifier and what the mechanism puts behind it. */
  private static final int INITIAL = 0x60;

  /** Tokens of RFC 4121 that sign or wrap a message: their first two bytes. */
  private static final int SIGNATURE_TOKEN = 0x0404;

  private static final int WRAP_TOKEN = 0x0504;

  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int FIELD = 0xA0;
  private static final int FIELD_LAST = 0xA3;
  private static final int STATE_ACCEPTED = 0;
  private static final int STATE_INCOMPLETE = 1;

  /** First bytes of an AP-REQ and of an AP-REP without a frame. */
  private static final int KERBEROS_REQUEST = 0x6E;

  private static final int KERBEROS_RESPONSE = 0x6F;

  private final Session session;

  GssParser(Session session) {
    this.session = session;
  }

  @Override
  public void onMessage(boolean fromOriginator, Payload message) {
    int first = message.u16(0);
    if (first == SIGNATURE_TOKEN || first == WRAP_TOKEN) {
      session.confirm(Service.GSSAPI);
      return;
    }
    boolean isInitial = message.u8(0) == INITIAL;
    Payload negotiation = message;
    if (isInitial) {
      Payload inside = Element.take(message).content();
      if (Element.take(inside).tag() != OBJECT_IDENTIFIER) {
        return;
      }
      negotiation = inside;
    }
    Element sequence = Element.take(Element.take(negotiation).content());
    if (sequence.tag() == SEQUENCE && fields(fromOriginator, isInitial, sequence.content())) {
      session.confirm(Service.GSSAPI);
    }
  }

  /** Reads the fields of NegTokenInit or NegTokenResp; returns whether they are such. */
  private boolean fields(boolean fromOriginator, boolean isInitial, Payload fields) {
    while (!fields.isEmpty()) {
      Element field = Element.take(fields);
      if (field.tag() < FIELD || field.tag() > FIELD_LAST) {
        return false;
      }
      int number = field.tag() - FIELD;
      if (number == 0 && !isInitial) {
        state(Element.take(field.content()).number());
      } else if (number == 2) {
        mechanism(fromOriginator, Element.take(field.content()).content());
      }
    }
    return true;
  }

  private void state(long state) {
    if (state != STATE_INCOMPLETE) {
      MessageParser ntlm = session.messages(Service.NTLM);
      if (ntlm != null) {
        ntlm.onLoginEnd(state == STATE_ACCEPTED);
      }
    }
  }

  private void mechanism(boolean fromOriginator, Payload token) {
    switch (token.u8(0)) {
      case 'N' -> {
        if (token.has(0, "NTLMSSP")) {
          pass(Service.NTLM, fromOriginator, token);
        }
      }
      case INITIAL -> {
        Payload inside = Element.take(token).content();
        Element.take(inside); // the mechanism: Kerberos, under one of its two names
        inside.skip(2); // what kind of token it is
        pass(Service.KERBEROS, fromOriginator, inside);
      }
      case KERBEROS_REQUEST, KERBEROS_RESPONSE -> pass(Service.KERBEROS, fromOriginator, token);
      default -> {}
    }
  }

  private void pass(Service service, boolean fromOriginator, Payload token) {
    MessageParser parser = session.messages(service);
    if (parser != null) {
      parser.onMessage(fromOriginator, token);
    }
  }

  @Override
  public void onFlowEnd() {}
}
