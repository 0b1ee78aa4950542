/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one mail. One thread. */
final class SmtpRow {

  /** Addresses, files and stations of one mail kept, at most. */
  private static final int LIST_MAX = 1_000;

  /** Elements of a list that the log shows (Zeek's limit of a field). */
  private static final int SHOWN_MAX = 100;

  /** Heap of this object and of its lists while they are empty. */
  private static final long BYTES = 256;

  /** An address with its place in a set. */
  private static final long ADDRESS_BYTES = HeapSize.MAP_ENTRY;

  private final Session session;
  private final HeldHeap held;
  final Flow flow;
  final long timeNs;
  final int depth;
  @Nullable String greeting;
  @Nullable String mailFrom;
  @Nullable Set<String> recipients;
  @Nullable String date;
  @Nullable String from;
  @Nullable Set<String> to;
  @Nullable Set<String> copyTo;
  @Nullable String replyTo;
  @Nullable String messageId;
  @Nullable String inReplyTo;
  @Nullable String subject;
  @Nullable String originatingAddress;
  @Nullable String firstReceived;
  @Nullable String secondReceived;
  @Nullable String lastReply;
  @Nullable String userAgent;
  boolean tls;
  final List<String> files = new ArrayList<>(2);

  /** Stations that the mail came through, before the two ends of this connection. */
  final List<String> path = new ArrayList<>(0);

  /** Whether the client has done something worth a record. */
  boolean active;

  /**
   * @param session of the connection, to whose account this counts until {@link #release}
   */
  SmtpRow(Session session, int depth) {
    this.session = session;
    this.held = new HeldHeap(session.account());
    held.set(BYTES);
    this.flow = session.flow();
    this.timeNs = session.nowNs();
    this.depth = depth;
  }

  /** Gives back what it holds: it is written, or dropped. */
  void release() {
    held.clear();
  }

  /** Accounts for a text that is kept here from now on. */
  void grow(String text) {
    held.grow(HeapSize.text(text));
  }

  /** Takes what the server said last. */
  void reply(String text) {
    lastReply = kept(text, lastReply);
  }

  /** Forgets what the server said last: what it has said since is unknown. */
  void loseReply() {
    lastReply = null;
  }

  /** Takes the addresses of a recipient. */
  void addRecipients(String argument) {
    Set<String> known = recipients;
    if (known == null) {
      known = new LinkedHashSet<>();
      recipients = known;
    }
    for (String address : MailAddresses.in(argument)) {
      add(known, address, "smtp_too_many_rcptto_addresses");
    }
  }

  void addFile(String fuid) {
    if (files.size() < LIST_MAX) {
      files.add(fuid);
      grow(fuid);
    }
  }

  /** Takes a header field of the mail itself. */
  void header(String name, String value) {
    switch (name.toUpperCase(Locale.ROOT)) {
      case "MESSAGE-ID" -> messageId = kept(value, messageId);
      case "RECEIVED" -> received(value);
      case "IN-REPLY-TO" -> inReplyTo = kept(value, inReplyTo);
      case "SUBJECT" -> subject = kept(value, subject);
      case "FROM" -> from = kept(value, from);
      case "REPLY-TO" -> replyTo = kept(value, replyTo);
      case "DATE" -> date = kept(value, date);
      case "TO" -> to = addAll(to, value, "smtp_too_many_to_addresses");
      case "CC" -> copyTo = addAll(copyTo, value, "smtp_too_many_cc_addresses");
      case "X-ORIGINATING-IP" -> originatingAddress = MailAddresses.firstIp(value);
      case "X-MAILER", "USER-AGENT", "X-USER-AGENT" -> userAgent = kept(value, userAgent);
      default -> {}
    }
  }

  /** Accounts for a text that replaces another one. */
  private String kept(String text, @Nullable String before) {
    held.grow(HeapSize.text(text) - HeapSize.text(before));
    return text;
  }

  private Set<String> addAll(@Nullable Set<String> known, String value, String weird) {
    Set<String> set = known == null ? new LinkedHashSet<>() : known;
    for (String address : MailAddresses.split(value)) {
      add(set, address, weird);
    }
    return set;
  }

  private void add(Set<String> set, String address, String weird) {
    if (set.size() == LIST_MAX) {
      session.weird(weird, "", /* source= */ "");
    } else if (set.add(address)) {
      held.grow(ADDRESS_BYTES + HeapSize.text(address));
    }
  }

  /** Cuts lists to what the log shows of them; the row is complete. */
  void cut() {
    cut(recipients);
    cut(to);
    cut(copyTo);
    cut(path);
    cut(files);
  }

  private void cut(@Nullable Collection<String> list) {
    if (list != null && list.size() > SHOWN_MAX) {
      session.weirdOfNobody("log_container_field_truncated", "SMTP::LOG");
      Iterator<String> elements = list.iterator();
      for (int i = 0; elements.hasNext(); i++) {
        elements.next();
        if (i >= SHOWN_MAX) {
          elements.remove();
        }
      }
    }
  }

  private void received(String value) {
    String before = secondReceived;
    if (firstReceived != null) {
      secondReceived = firstReceived;
    }
    firstReceived = kept(value, before);
    String station = MailAddresses.stationIp(value);
    boolean again = !path.isEmpty() && path.getLast().equals(station);
    if (station != null && !again && path.size() == LIST_MAX) {
      session.weird("smtp_max_path_length_exceeded", "", /* source= */ "");
    } else if (station != null && !again) {
      path.add(station);
      grow(station);
    }
  }
}
