/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.snmp;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.ber.Element;
import io.podtap.sensor.parse.ber.LongNumbers;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one flow.
 *
 * @see "RFC 1157 section 4; RFC 3412 section 6; RFC 3414 section 2.4; RFC 3416 section 3"
 */
final class SnmpParser implements DatagramParser {

  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int COUNTER = 0x41;
  private static final int GAUGE = 0x42;
  private static final int TIME_TICKS = 0x43;
  private static final int COUNTER_64 = 0x46;

  private static final int GET_REQUEST = 0xA0;
  private static final int GET_NEXT_REQUEST = 0xA1;
  private static final int RESPONSE = 0xA2;
  private static final int SET_REQUEST = 0xA3;
  private static final int TRAP_OF_VERSION_1 = 0xA4;
  private static final int GET_BULK_REQUEST = 0xA5;
  private static final int REPORT = 0xA8;

  private static final int BINDINGS_MAX = 1 << 12;
  private static final long NS_PER_TICK = 10_000_000L;

  /** 1.3.6.1.2.1.1.1.0 and 1.3.6.1.2.1.1.3.0, one char a byte. */
  private static final String SYSTEM_DESCRIPTION = "\53\6\1\2\1\1\1\0";

  private static final String SYSTEM_UP_TIME = "\53\6\1\2\1\1\3\0";

  private final SnmpProtocol protocol;
  private final Session session;
  private final HeldHeap held;
  private @Nullable SnmpRow row;

  SnmpParser(SnmpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    Element message = Element.take(data);
    Payload content = message.content();
    Element version = Element.take(content);
    String name = versionName(version);
    if (message.tag() != SEQUENCE || name == null) {
      session.violation("not an SNMP message");
      return;
    }
    LongNumbers.integer(session, version);
    Element second = Element.take(content);
    Element third = Element.take(content);
    String community;
    if (version.number() == 3) {
      community = second.tag() == SEQUENCE ? userName(third) : null;
      Element scope = Element.take(content);
      if (community != null && scope.tag() == OCTET_STRING) {
        community = ""; // nothing is said of who encrypts, as in Zeek
      }
      third = scoped(scope);
    } else {
      community = second.tag() == OCTET_STRING ? second.text() : null;
    }
    if (community == null || third.tag() < 0) {
      session.violation("not an SNMP message");
      return;
    }
    session.confirm(SnmpProtocol.SERVICE);
    count(row(name, community), third);
  }

  private static @Nullable String versionName(Element version) {
    if (version.tag() != INTEGER) {
      return null;
    }
    return switch ((int) version.number()) {
      case 0 -> "1";
      case 1 -> "2c";
      case 3 -> "3";
      default -> null;
    };
  }

  /** Of the user-based model; another one's is not known. */
  private static @Nullable String userName(Element parameters) {
    if (parameters.tag() != OCTET_STRING) {
      return null;
    }
    Element model = Element.take(parameters.content());
    Payload fields = model.content();
    for (int i = 0; i < 3; i++) {
      Element.take(fields); // engine, its boots, its time
    }
    Element user = Element.take(fields);
    return model.tag() == SEQUENCE && user.tag() == OCTET_STRING ? user.text() : "";
  }

  /** Returns what stands behind the context's names, or the whole when it is encrypted. */
  private static Element scoped(Element data) {
    if (data.tag() != SEQUENCE) {
      return data;
    }
    Element.take(data.content());
    Element.take(data.content());
    return Element.take(data.content());
  }

  private SnmpRow row(String version, String community) {
    if (row == null) {
      row = new SnmpRow(session.flow(), session.nowNs(), version);
    }
    if (row.community == null && !(community.isEmpty() && version.equals("3"))) {
      row.community = community;
    }
    held.set(104 + HeapSize.text(row.community) + HeapSize.text(row.description));
    row.durationNs = session.nowNs() - row.timeNs;
    return row;
  }

  private void count(SnmpRow known, Element unit) {
    if (unit.tag() < GET_REQUEST || unit.tag() > REPORT) {
      return;
    }
    if (unit.tag() == TRAP_OF_VERSION_1) {
      LongNumbers.identifier(session, Element.take(unit.content()));
      Element.take(unit.content()); // who sends it
    }
    for (int i = 0; i < 3; i++) { // id, status, index; of a trap kinds and time
      LongNumbers.integer(session, Element.take(unit.content()));
    }
    boolean isResponse = unit.tag() == RESPONSE;
    int bindings = bindings(known, Element.take(unit.content()).content(), isResponse);
    switch (unit.tag()) {
      case GET_REQUEST, GET_NEXT_REQUEST -> known.getRequests += bindings;
      case GET_BULK_REQUEST -> known.getBulkRequests += bindings;
      case RESPONSE -> known.responses += bindings;
      case SET_REQUEST -> known.setRequests += bindings;
      default -> {}
    }
  }

  private int bindings(SnmpRow known, Payload list, boolean isResponse) {
    int count = 0;
    while (!list.isEmpty() && count < BINDINGS_MAX) {
      Element binding = Element.take(list);
      if (binding.tag() == SEQUENCE) {
        count++;
      }
      if (binding.tag() == SEQUENCE) {
        Element id = Element.take(binding.content());
        Element value = Element.take(binding.content());
        note(id, value);
        if (isResponse) {
          learn(known, id, value);
        }
      }
    }
    return count;
  }

  private void note(Element id, Element value) {
    LongNumbers.identifier(session, id);
    switch (value.tag()) {
      case INTEGER, COUNTER, GAUGE, TIME_TICKS, COUNTER_64 -> LongNumbers.integer(session, value);
      case OBJECT_IDENTIFIER -> LongNumbers.identifier(session, value);
      default -> {}
    }
  }

  private void learn(SnmpRow known, Element id, Element value) {
    boolean isSystem = id.content().length() == SYSTEM_UP_TIME.length();
    if (isSystem && id.content().has(0, SYSTEM_DESCRIPTION) && value.tag() == OCTET_STRING) {
      String text = value.text();
      held.grow(HeapSize.text(text) - HeapSize.text(known.description));
      known.description = text;
    } else if (isSystem && id.content().has(0, SYSTEM_UP_TIME) && value.tag() == TIME_TICKS) {
      known.upSinceNs = session.nowNs() - (value.number() & 0xFFFF_FFFFL) * NS_PER_TICK;
    }
  }

  @Override
  public void onFlowEnd() {
    if (row != null) {
      protocol.log.write(row);
      row = null;
    }
  }
}
