package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.flow.Flow;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one mail. One thread. */
final class SmtpRow {

  /** Addresses, files and stations of one mail kept, at most. */
  private static final int LIST_MAX = 1_000;

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

  SmtpRow(Flow flow, long timeNs, int depth) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.depth = depth;
  }

  /** Takes the addresses of a recipient. */
  void addRecipients(String argument) {
    Set<String> known = recipients;
    if (known == null) {
      known = new LinkedHashSet<>();
      recipients = known;
    }
    for (String address : MailAddresses.in(argument)) {
      add(known, address);
    }
  }

  void addFile(String fuid) {
    if (files.size() < LIST_MAX) {
      files.add(fuid);
    }
  }

  /** Takes a header field of the mail itself. */
  void header(String name, String value) {
    switch (name.toUpperCase(Locale.ROOT)) {
      case "MESSAGE-ID" -> messageId = value;
      case "RECEIVED" -> received(value);
      case "IN-REPLY-TO" -> inReplyTo = value;
      case "SUBJECT" -> subject = value;
      case "FROM" -> from = value;
      case "REPLY-TO" -> replyTo = value;
      case "DATE" -> date = value;
      case "TO" -> to = addAll(to, value);
      case "CC" -> copyTo = addAll(copyTo, value);
      case "X-ORIGINATING-IP" -> originatingAddress = MailAddresses.firstIp(value);
      case "X-MAILER", "USER-AGENT", "X-USER-AGENT" -> userAgent = value;
      default -> {}
    }
  }

  private static Set<String> addAll(@Nullable Set<String> known, String value) {
    Set<String> set = known == null ? new LinkedHashSet<>() : known;
    for (String address : MailAddresses.split(value)) {
      add(set, address);
    }
    return set;
  }

  private static void add(Set<String> set, String address) {
    if (set.size() < LIST_MAX) {
      set.add(address);
    }
  }

  private void received(String value) {
    if (firstReceived != null) {
      secondReceived = firstReceived;
    }
    firstReceived = value;
    String station = MailAddresses.stationIp(value);
    boolean again = !path.isEmpty() && path.getLast().equals(station);
    if (station != null && !again && path.size() < LIST_MAX) {
      path.add(station);
    }
  }
}
