/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.ber.Element;
import io.podtap.sensor.parse.ber.LongNumbers;
import io.podtap.sensor.parse.x509.CertificateRow;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages: a tag that says which, and a sequence whose fields are numbered by their tags.
 *
 * @see "RFC 4120 sections 5.2 to 5.10"
 */
final class KerberosParser implements DatagramParser {

  private static final int SEQUENCE = 0x30;
  private static final int FIELD = 0xA0;
  private static final int FIELD_LAST = 0xBE;
  private static final int TICKET = 0x61;

  private static final int AS_REQUEST = 0x6A;
  private static final int AS_RESPONSE = 0x6B;
  private static final int TGS_REQUEST = 0x6C;
  private static final int TGS_RESPONSE = 0x6D;
  private static final int AP_REQUEST = 0x6E;
  private static final int AP_RESPONSE = 0x6F;
  private static final int SAFE = 0x74;
  private static final int PRIVATE = 0x75;
  private static final int CREDENTIALS = 0x76;
  private static final int ERROR = 0x7E;

  /** Types of addresses. */
  private static final int IPV4 = 2;

  private static final int IPV6 = 24;

  private static final int ADDRESSES_MAX = 64;
  private static final int ADDITIONS_MAX = 64;
  private static final int NAME_PARTS_MAX = 16;
  private static final int TIME_LENGTH = 15;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  private final KerberosProtocol protocol;
  private final Session session;
  private final Service service;
  private final HeldHeap held;
  private @Nullable KerberosRow row;
  private boolean logged;

  /**
   * @param service by which the flow is named
   */
  KerberosParser(KerberosProtocol protocol, Session session, Service service) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
    this.service = service;
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    if (!take(data)) {
      session.violation("not a Kerberos message");
    }
  }

  /** Takes a message; returns whether it is one. */
  boolean take(Payload data) {
    Element message = Element.take(data);
    Element fields = Element.take(message.content());
    boolean isPlausible =
        isMessage(message.tag())
            && fields.tag() == SEQUENCE
            && fields.content().u8(0) >= FIELD
            && fields.content().u8(0) <= FIELD_LAST;
    if (isPlausible) {
      session.confirm(service);
      certificates(message.tag(), fields.content());
      if (!logged) {
        read(message.tag(), fields.content());
        held.set(row == null ? 0 : row.heapBytes());
      }
    }
    return isPlausible;
  }

  /** Notes that a message is missing: what was asked goes without its answer. */
  void miss() {
    log();
    held.clear();
  }

  private static boolean isMessage(int tag) {
    return switch (tag) {
      case AS_REQUEST,
          AS_RESPONSE,
          TGS_REQUEST,
          TGS_RESPONSE,
          AP_REQUEST,
          AP_RESPONSE,
          SAFE,
          PRIVATE,
          CREDENTIALS,
          ERROR ->
          true;
      default -> false;
    };
  }

  private void read(int tag, Payload fields) {
    switch (tag) {
      case AS_REQUEST -> {
        request(row(), "AS", fields);
        addresses(fields);
      }
      case TGS_REQUEST -> {
        request(row(), "TGS", fields);
        addresses(fields);
      }
      case AP_REQUEST -> {
        KerberosRow known = row();
        known.requestType = "AP";
        ticket(known, field(fields, 3), /* realmNamesClient= */ true);
      }
      case AS_RESPONSE, TGS_RESPONSE -> response(row(), fields);
      case AP_RESPONSE -> {
        row().success = 1;
        log();
      }
      case ERROR -> error(fields);
      case SAFE -> {
        Payload body = inside(field(fields, 2));
        address(field(body, 4));
        address(field(body, 5));
      }
      default -> {}
    }
  }

  /** Takes the certificates with which both ends may sign, also behind the first outcome. */
  private void certificates(int tag, Payload fields) {
    int place =
        switch (tag) {
          case AS_REQUEST, TGS_REQUEST -> 3;
          case AS_RESPONSE, TGS_RESPONSE -> 2;
          default -> -1;
        };
    Payload data = place < 0 ? new Payload() : inside(field(fields, place));
    for (int count = 0; !data.isEmpty() && count < ADDITIONS_MAX; count++) {
      Payload one = inside(data);
      long kind = number(Element.take(field(one, 1)));
      if (kind == SignedKeys.REQUEST || kind == SignedKeys.RESPONSE) {
        certificate((int) kind, Element.take(field(one, 2)).content());
      }
    }
  }

  private void certificate(int kind, Payload data) {
    Payload encoded = SignedKeys.certificate(kind, data);
    if (encoded == null) {
      return;
    }
    boolean fromClient = kind == SignedKeys.REQUEST;
    CertificateRow certificate =
        protocol.certificates.take(
            session, fromClient, /* isOwn= */ true, encoded.copy(0, encoded.length()));
    if (certificate != null && !logged) {
      if (fromClient) {
        row().clientSubject = certificate.subject();
      } else {
        row().serverSubject = certificate.subject();
      }
    }
  }

  private void addresses(Payload request) {
    Payload addresses = inside(field(inside(field(request, 4)), 9));
    for (int count = 0; !addresses.isEmpty() && count < ADDRESSES_MAX; count++) {
      Payload before = new Payload().wrap(addresses, 0, addresses.length());
      Element.take(addresses);
      address(before);
    }
  }

  /** Notes an address whose length does not fit its type. */
  private void address(Payload field) {
    Payload address = inside(field);
    if (!address.isEmpty()) {
      long type = number(Element.take(field(address, 0)));
      int length = Element.take(field(address, 1)).content().length();
      if ((type == IPV4 && length != 4) || (type == IPV6 && length != 16)) {
        session.weird("invalid_kerberos_addr_len", "");
      }
    }
  }

  private KerberosRow row() {
    if (row == null) {
      row = new KerberosRow(session.flow(), session.nowNs());
    }
    return row;
  }

  private void log() {
    if (row != null) {
      protocol.log.write(row);
      row = null;
      logged = true;
    }
  }

  private static void request(KerberosRow row, String type, Payload fields) {
    row.requestType = type;
    Payload body = inside(field(fields, 4));
    if (type.equals("AS")) {
      row.client = orEmpty(name(field(body, 1))) + '/' + orEmpty(text(field(body, 2)));
    }
    String service = name(field(body, 3));
    row.service = service != null ? service : row.service;
    row.fromNs = time(field(body, 4), row.fromNs);
    row.tillNs = time(field(body, 5), row.tillNs);
    Payload options = Element.take(field(body, 0)).content();
    if (options.length() >= 2) { // behind the count of bits that do not count
      row.forwardable = (options.u8(1) & 0x40) != 0 ? 1 : 0;
      row.renewable = (Math.max(options.u8(2), 0) & 0x80) != 0 ? 1 : 0;
    }
  }

  private void response(KerberosRow known, Payload fields) {
    String name = name(field(fields, 4));
    String realm = text(field(fields, 3));
    if (known.client == null && (name != null || realm != null)) {
      known.client = orEmpty(name) + '/' + orEmpty(realm);
    }
    ticket(known, field(fields, 5), /* realmNamesClient= */ false);
    known.success = 1;
    log();
  }

  private void ticket(KerberosRow row, Payload field, boolean realmNamesClient) {
    Element ticket = Element.take(field);
    if (ticket.tag() != TICKET) {
      return;
    }
    Payload fields = inside(ticket.content());
    String realm = text(field(fields, 1));
    if (realmNamesClient && realm != null) {
      row.client = '/' + realm;
    }
    row.service = name(field(fields, 2));
    Payload encrypted = inside(field(fields, 3));
    Element type = Element.take(field(encrypted, 0));
    if (type.tag() >= 0) {
      row.cipher = KerberosNames.cipher(number(type));
    }
  }

  private void error(Payload fields) {
    String text = text(field(fields, 11));
    if (text != null && KerberosNames.isExpected(text)) {
      row = null; // the client is to ask again, and show that it knows the password
      return;
    }
    KerberosRow known = row();
    String name = name(field(fields, 8));
    String realm = text(field(fields, 7));
    if (known.client == null && (name != null || realm != null)) {
      known.client = (name != null ? name + '/' : "") + orEmpty(realm);
    }
    String service = name(field(fields, 10));
    known.service = service != null ? service : known.service;
    known.success = 0;
    Element code = Element.take(field(fields, 6));
    known.error = text != null ? text : code.tag() < 0 ? null : KerberosNames.error(number(code));
    log();
  }

  /** Returns a number; 0 for one that is too long, which is noted. */
  private long number(Element element) {
    LongNumbers.integer(session, element);
    return element.content().length() > Long.BYTES ? 0 : element.number();
  }

  private static String orEmpty(@Nullable String text) {
    return text != null ? text : "";
  }

  /** Returns what the field of this number holds; empty when there is none. */
  private static Payload field(Payload fields, int number) {
    Payload rest = new Payload().wrap(fields, 0, fields.length());
    while (!rest.isEmpty()) {
      Element field = Element.take(rest);
      if (field.tag() == FIELD + number) {
        return field.content();
      }
    }
    return rest;
  }

  /** Returns what the sequence at the beginning holds. */
  private static Payload inside(Payload data) {
    Element element = Element.take(data);
    return element.tag() == SEQUENCE ? element.content() : new Payload();
  }

  private static @Nullable String text(Payload field) {
    Element element = Element.take(field);
    return element.tag() >= 0 ? element.text() : null;
  }

  /** Returns a name's parts with slashes between them; null where there is no name. */
  private static @Nullable String name(Payload field) {
    if (field.isEmpty()) {
      return null;
    }
    Payload parts = inside(field(inside(field), 1));
    if (parts.isEmpty()) {
      return "unknown"; // as in Zeek
    }
    StringBuilder name = new StringBuilder(orEmpty(text(parts)));
    for (int count = 1; !parts.isEmpty() && count < NAME_PARTS_MAX; count++) {
      name.append('/').append(orEmpty(text(parts)));
    }
    return name.toString();
  }

  /** Reads {@code 20370913024805Z}. */
  private static long time(Payload field, long before) {
    String text = text(field);
    if (text == null || text.length() != TIME_LENGTH || !text.endsWith("Z")) {
      return before;
    }
    int[] parts = new int[6];
    int at = 0;
    for (int i = 0; i < parts.length; i++) {
      int end = at + (i == 0 ? 4 : 2);
      for (; at < end; at++) {
        if (text.charAt(at) < '0' || text.charAt(at) > '9') {
          return before;
        }
        parts[i] = 10 * parts[i] + text.charAt(at) - '0';
      }
    }
    try {
      LocalDateTime time =
          LocalDateTime.of(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
      long seconds = time.toEpochSecond(ZoneOffset.UTC);
      return Math.abs(seconds) < Long.MAX_VALUE / NS_PER_SECOND
          ? seconds * NS_PER_SECOND
          : LogSchema.UNSET;
    } catch (DateTimeException noSuchTime) {
      return before;
    }
  }

  @Override
  public void onFlowEnd() {
    log();
  }
}
