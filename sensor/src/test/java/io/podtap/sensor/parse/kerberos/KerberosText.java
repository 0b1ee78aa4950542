/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import static io.podtap.sensor.parse.der.DerText.element;
import static io.podtap.sensor.parse.der.DerText.identifier;
import static io.podtap.sensor.parse.der.DerText.marked;
import static io.podtap.sensor.parse.der.DerText.sequence;
import static io.podtap.sensor.parse.der.DerText.text;

import io.podtap.sensor.parse.der.DerElement;

/** Writes messages of Kerberos as hexadecimal digits (RFC 4120 section 5). */
final class KerberosText {

  static final int AS_REQUEST = 10;
  static final int AS_RESPONSE = 11;
  static final int TGS_REQUEST = 12;
  static final int TGS_RESPONSE = 13;
  static final int AP_REQUEST = 14;
  static final int AP_RESPONSE = 15;
  static final int ERROR = 30;

  private static final int GENERAL_STRING = 0x1B;
  private static final int SIGNED = 0x80;
  private static final int APPLICATION = 0x60;
  private static final int TICKET = 1;

  private KerberosText() {}

  static String number(int value) {
    return element(DerElement.INTEGER, String.format("%02x", value));
  }

  static String string(String value) {
    return text(GENERAL_STRING, value);
  }

  static String name(String... parts) {
    StringBuilder all = new StringBuilder();
    for (String part : parts) {
      all.append(string(part));
    }
    return sequence(marked(0, number(1)), marked(1, sequence(all.toString())));
  }

  /** Returns a message of a kind, without its version and kind. */
  static String message(int kind, String... fields) {
    return element(APPLICATION + kind, sequence(fields));
  }

  /** Returns pre-authentication data, as a list of them takes it. */
  static String addition(int kind, String value) {
    return sequence(marked(1, number(kind)), marked(2, element(DerElement.OCTET_STRING, value)));
  }

  /** Returns a request for a ticket. */
  static String request(int kind, String client, String service, String... additions) {
    String body =
        sequence(
            marked(0, element(DerElement.BIT_STRING, "0040800000")),
            client.isEmpty() ? "" : marked(1, name(client)),
            marked(2, string("REALM")),
            marked(3, name(service, "REALM")),
            marked(5, text(DerElement.GENERALIZED_TIME, "20370913024805Z")));
    return message(
        kind,
        marked(1, number(5)),
        marked(2, number(kind)),
        additions.length == 0 ? "" : marked(3, sequence(additions)),
        marked(4, body));
  }

  static String ticket(String realm, int cipher, String... service) {
    String encrypted =
        sequence(
            marked(0, element(DerElement.INTEGER, String.format("%04x", cipher))),
            marked(1, number(2)),
            marked(2, element(DerElement.OCTET_STRING, "aabb")));
    return element(
        APPLICATION + TICKET,
        sequence(
            marked(0, number(5)),
            marked(1, string(realm)),
            marked(2, name(service)),
            marked(3, encrypted)));
  }

  /** Returns a ticket on its way to a client. */
  static String response(int kind, String client, String ticket, String... additions) {
    return message(
        kind,
        marked(0, number(5)),
        marked(1, number(kind)),
        additions.length == 0 ? "" : marked(2, sequence(additions)),
        marked(3, string("REALM")),
        marked(4, name(client)),
        marked(5, ticket));
  }

  /** Returns a ticket that is shown to a service. */
  static String shown(String ticket) {
    return message(
        AP_REQUEST,
        marked(0, number(5)),
        marked(1, number(AP_REQUEST)),
        marked(2, element(DerElement.BIT_STRING, "0020000000")),
        marked(3, ticket));
  }

  static String accepted() {
    return message(AP_RESPONSE, marked(0, number(5)), marked(1, number(AP_RESPONSE)));
  }

  /** Returns a refusal; an empty text is left out. */
  static String error(int code, String text) {
    return message(
        ERROR,
        marked(0, number(5)),
        marked(1, number(ERROR)),
        marked(6, number(code)),
        marked(9, string("REALM")),
        marked(10, name("krbtgt", "REALM")),
        text.isEmpty() ? "" : marked(11, string(text)));
  }

  /**
   * Returns signed data of CMS.
   *
   * @param behind what follows the content: certificates, signatures
   */
  static String signed(String... behind) {
    return sequence(
        identifier("1.2.840.113549.1.7.2"),
        marked(
            0,
            sequence(
                number(3),
                element(DerElement.SET),
                sequence(identifier("1.3.6.1.5.2.3.1")),
                String.join("", behind))));
  }

  static String certificates(String... encoded) {
    return marked(0, encoded);
  }

  /** Returns what a client adds that signs its key. */
  static String signedByClient(String signed) {
    return addition(16, sequence(element(SIGNED, signed)));
  }

  /** Returns what a KDC adds that signs its key. */
  static String signedByServer(String signed) {
    return addition(17, marked(0, sequence(element(SIGNED, signed))));
  }

  /** Returns a message as it goes over TCP. */
  static String measured(String message) {
    return String.format("%08x", message.length() / 2) + message;
  }
}
