/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import java.util.List;
import java.util.regex.Pattern;

/** Requests over HTTP whose URI holds SQL that a value would not. */
public final class SqlInjection implements Detection {

  private static final String ATTACKER = "HTTP::SQL_Injection_Attacker";
  private static final String VICTIM = "HTTP::SQL_Injection_Victim";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("sql-injection", "Finds SQL in values of URIs.")
          .count("http.sqli_requests_threshold", 50, "Such requests of or to a host.")
          .seconds("http.sqli_requests_interval", 300, "Time within which they are counted.")
          .notice(
              ATTACKER,
              "A host sent many requests with SQL in values of their URIs.",
              "A scanner that you run yourself, or an application that passes SQL in URIs.",
              "Find the workload behind the source; block it at the ingress.",
              "http.log, id.orig_h of the source: uri, status_code and response_body_len; an answer"
                  + " that is larger than others may be data.")
          .notice(
              VICTIM,
              "A server was sent many requests with SQL in values of their URIs.",
              "A scanner that you run yourself, or an application that passes SQL in URIs.",
              "Check the application's queries and its database's log for statements that are not"
                  + " its own.",
              "http.log, id.resp_h of the destination; then the connections of the server to its"
                  + " database at the same time.")
          .starts(SqlInjection::new)
          .build();

  private static final long BYTES_MAX = 4 << 20;

  /** What is longer is not searched: the expressions are applied to text off the wire. */
  private static final int URI_MAX = 2_048;

  private static final String GAP = "(?:[ \\t\\x00-\\x1f+]|/\\*.{0,64}?\\*/)";
  private static final String NAME = "[?&][^ \\t\\x00-\\x1f|+=]{1,64}=";

  private static final List<Pattern> SQL =
      List.of(
          // a value, a quote or a comment, then a statement
          pattern(
              NAME
                  + "[-a-z0-9%]+"
                  + GAP
                  + "{0,8}'?(?:"
                  + GAP
                  + "|\\)?;)+.{0,256}?"
                  + "(?:having|union|exec|select|delete|drop|declare|create|insert)"
                  + GAP),
          // a number, then a condition
          pattern(
              NAME
                  + "[-0-9%]+"
                  + GAP
                  + "{0,8}'?(?:"
                  + GAP
                  + "|\\)?;)+(?:x?or|n?and)"
                  + GAP
                  + "+'?(?:[^a-z&]{0,64}=|exists)"),
          // a quote, then an operator and a number
          pattern(
              NAME
                  + "[-0-9%]*"
                  + GAP
                  + "{0,8}'[ \\t]*(?:-|=|\\+|\\|\\|)"
                  + GAP
                  + "{0,8}(?:[0-9]|\\(?convert|cast)"),
          // a quote, then a word of SQL
          pattern(
              NAME
                  + GAP
                  + "{0,8}'(?:"
                  + GAP
                  + "|;){0,8}(?:x?or|n?and|having|union|exec|select|delete|drop|declare|create"
                  + "|regexp|insert)(?:"
                  + GAP
                  + "|[\\[(])+[a-z&]{2}"),
          // a function of SQL
          pattern(NAME + "[^.]{0,256}?(?:char|ascii|substring|truncate|version|length)\\("),
          // a comment that MySQL executes
          pattern("/\\*![0-9]{5}.{0,256}?\\*/"));

  private static Pattern pattern(String text) {
    return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
  }

  private static final class Count {
    long count;
    String uid = "";
    String other = "";
    boolean told;
  }

  private final AgeTable<String, Count> counts;
  private final Notices notices;
  private final long threshold;

  private SqlInjection(DetectionContext context) {
    notices = context.notices();
    threshold = context.options().count("http.sqli_requests_threshold");
    counts =
        new AgeTable<>(
            BYTES_MAX, context.options().ns("http.sqli_requests_interval"), count -> 256);
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on(
        "http_request", () -> request -> mayBeSql(request.textOrEmpty("value")), this::onRequest);
  }

  private void onRequest(LogRecord request) {
    String uri = request.textOrEmpty("value");
    if (!isSql(uri)) {
      return;
    }
    String client = request.textOrEmpty("id.orig_h");
    String server = request.textOrEmpty("id.resp_h");
    Count sent = count("a " + client, server, request);
    if (sent.count >= threshold && !sent.told) {
      sent.told = true;
      emit(ATTACKER, "An SQL injection attacker was discovered!", client, sent.other, sent.uid);
    }
    Count got = count("v " + server, client, request);
    if (got.count >= threshold && !got.told) {
      got.told = true;
      emit(VICTIM, "An SQL injection victim was discovered!", got.other, server, got.uid);
    }
  }

  /** Returns whether a URI, unescaped, holds SQL. */
  static boolean isSql(String uri) {
    if (!mayBeSql(uri)) {
      return false;
    }
    String start = uri.length() > URI_MAX ? uri.substring(0, URI_MAX) : uri;
    for (Pattern pattern : SQL) {
      if (pattern.matcher(start).find()) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayBeSql(String uri) {
    return uri.indexOf('=') >= 0 || uri.contains("/*!");
  }

  private Count count(String key, String other, LogRecord request) {
    Count count = counts.get(key, request.nowNs(), Count::new);
    if (count.count++ == 0) {
      count.uid = request.textOrEmpty("uid");
      count.other = other;
    }
    return count;
  }

  private void emit(String note, String message, String source, String destination, String uid) {
    String host = note.equals(ATTACKER) ? source : destination;
    notices.emit(
        Notice.of(note, message).uid(uid).source(source).destination(destination).identifier(host));
  }

  @Override
  public long heldBytes() {
    return counts.bytes();
  }

  @Override
  public long evicted() {
    return counts.evicted();
  }
}
