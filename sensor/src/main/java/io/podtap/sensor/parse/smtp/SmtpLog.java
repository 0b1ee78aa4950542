/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import java.nio.charset.StandardCharsets;

/** The declaration of {@code smtp.log}: one record for each mail. */
final class SmtpLog {

  private SmtpLog() {}

  static LogSchema<SmtpRow> schema() {
    return LogSchema.<SmtpRow>named("smtp", "One record for each mail, or attempt at one.")
        .time("ts", "When it began.", row -> row.timeNs)
        .flow(row -> row.flow)
        .count("trans_depth", "Which mail of the connection it is, from 1.", row -> row.depth)
        .wire("helo", "What the client calls itself.", row -> row.greeting)
        .wire("mailfrom", "Address that the envelope is from.", row -> row.mailFrom)
        .wireSet("rcptto", "Addresses that the envelope is for.", row -> row.recipients)
        .wire("date", "The Date field.", row -> row.date)
        .wire("from", "The From field.", row -> row.from)
        .wireSet("to", "The To field.", row -> row.to)
        .wireSet("cc", "The Cc field.", row -> row.copyTo)
        .wire("reply_to", "The Reply-To field.", row -> row.replyTo)
        .wire("msg_id", "The Message-ID field.", row -> row.messageId)
        .wire("in_reply_to", "The In-Reply-To field.", row -> row.inReplyTo)
        .wire("subject", "The Subject field.", row -> row.subject)
        .address(
            "x_originating_ip",
            "Address in the X-Originating-IP field.",
            (row, out) -> {
              String address = row.originatingAddress;
              out.put(address == null ? "" : address);
              return address != null;
            })
        .wire("first_received", "The Received field that came first.", row -> row.firstReceived)
        .wire("second_received", "The one above it.", row -> row.secondReceived)
        .wire("last_reply", "What the server said last.", row -> row.lastReply)
        .addressList(
            "path", "Stations that the mail came through, the last one first.", SmtpLog::path)
        .wire("user_agent", "The program that wrote it.", row -> row.userAgent)
        .bool("tls", "Whether the connection turned to TLS.", row -> row.tls ? 1 : 0)
        .wireList("fuids", "Unique ids of the files in it.", row -> row.files)
        .build();
  }

  private static boolean path(SmtpRow row, LineBuffer out) {
    out.address(row.flow.responderHigh(), row.flow.responderLow());
    out.put(TextSource.SEPARATOR);
    int start = out.length();
    out.address(row.flow.originatorHigh(), row.flow.originatorLow());
    String client = new String(out.bytes(), start, out.length() - start, StandardCharsets.US_ASCII);
    for (int i = 0; i < row.path.size(); i++) {
      if (i > 0 || !row.path.get(i).equals(client)) {
        out.put(TextSource.SEPARATOR);
        out.put(row.path.get(i));
      }
    }
    return true;
  }
}
