/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/**
 * What a dynamic update asks for, in Zeek's words: what must be so before, and what is added and
 * deleted. One thread.
 *
 * @see "RFC 2136 sections 2.4 and 2.5"
 */
final class UpdateText {

  private static final int ANY = 255;
  private static final int CLASS_NONE = 254;
  private static final int CLASS_ANY = 255;

  private final DnsMessageReader reader;
  private final AnswerText answers;

  UpdateText(DnsMessageReader reader, AnswerText answers) {
    this.reader = reader;
    this.answers = answers;
  }

  /** Returns the text of a prerequisite, or null when it is invalid. */
  static @Nullable String prerequisite(
      Session session, String owner, int type, int recordClass, long timeToLive, int length) {
    if (timeToLive != 0) {
      session.weird("DNS_dynamic_update_prereq_nonzero_ttl", Long.toString(timeToLive));
    }
    boolean isAny = recordClass == CLASS_ANY;
    boolean isNone = recordClass == CLASS_NONE;
    if ((isAny || isNone) && length != 0) {
      session.weird("DNS_dynamic_update_invalid_prereq", "");
      return null;
    }
    if (type == ANY && isNone) {
      return "pre: NameNotInUse " + owner;
    }
    if (type == ANY && isAny) {
      return "pre: NameInUse " + owner;
    }
    String what = DnsNames.type(type) + ' ' + owner;
    return isNone ? "pre: NoRRSet " + what : "pre: RRSetExists " + what;
  }

  /** Returns the text of an update, or null when it is invalid or shows nothing. */
  @Nullable String update(
      Session session,
      String owner,
      int type,
      int recordClass,
      int zoneClass,
      long timeToLive,
      int at,
      int length) {
    if (recordClass == CLASS_ANY) {
      if (timeToLive != 0 || length != 0) {
        return invalid(session);
      }
      return type == ANY ? "del: RRSet * " + owner : "del: RRSet " + DnsNames.type(type);
    }
    if (recordClass == CLASS_NONE) {
      return timeToLive != 0 ? invalid(session) : "del: RR " + DnsNames.type(type) + ' ' + owner;
    }
    if (recordClass != zoneClass) {
      return invalid(session);
    }
    String text = answers.of(session, owner, type, at, length);
    if (text == null || text.isEmpty()) {
      return text;
    }
    boolean isAddress = type == DnsNames.A || type == DnsNames.AAAA;
    return isAddress ? "add: " + DnsNames.type(type) + ' ' + owner + ' ' + text : "add: " + text;
  }

  private static @Nullable String invalid(Session session) {
    session.weird("DNS_dynamic_update_invalid_update", "");
    return null;
  }

  /** Returns the class of the zone, whose question the position stands behind. */
  int zoneClass() {
    return reader.u16At(reader.at() - 2);
  }
}
