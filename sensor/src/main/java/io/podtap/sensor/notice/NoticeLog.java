/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;

/** The declaration of {@code notice.log}: what detections have found. */
public final class NoticeLog {

  private NoticeLog() {}

  /**
   * Declares the log as Zeek has it.
   *
   * @param isNamed whether names of workloads are known, which are fields of our own
   */
  static LogSchema<Notice> schema(boolean isNamed) {
    LogSchema.Builder<Notice> builder =
        LogSchema.<Notice>named(
                "notice", "One record for each finding that was not suppressed by an earlier one.")
            .time("ts", "When it was found.", row -> row.timeNs)
            .wire("uid", "Unique id of the flow, as in conn.log.", row -> row.uid)
            .address(
                "id.orig_h", "The originator's address.", (row, out) -> text(row.originator, out))
            .port("id.orig_p", "The originator's port.", row -> row.originatorPort)
            .address(
                "id.resp_h", "The responder's address.", (row, out) -> text(row.responder, out))
            .port("id.resp_p", "The responder's port.", row -> row.responderPort)
            .wire("fuid", "Id of the file, as in files.log.", row -> row.fileId)
            .wire("file_mime_type", "MIME type of the file.", row -> row.mimeType)
            .wire("file_desc", "What the file is.", row -> row.fileText)
            .enumeration("proto", "tcp, udp or icmp.", (row, out) -> text(row.protocol, out))
            .enumeration("note", "Kind of the notice.", (row, out) -> text(row.note, out))
            .wire("msg", "One sentence.", row -> row.message)
            .wire("sub", "Details.", row -> row.sub)
            .address(
                "src",
                "Source of the attack, or of the connection.",
                (row, out) -> text(row.source, out))
            .address("dst", "Destination.", (row, out) -> text(row.destination, out))
            .port("p", "Port of the destination.", row -> row.port)
            .count("n", "Number of occurrences, where the kind counts.", row -> row.count)
            .wire("peer_descr", "Not set: there is no cluster of Zeek's.", row -> null)
            .enumerationSet(
                "actions", "What was done about it.", (row, out) -> text("Notice::ACTION_LOG", out))
            .stringSet("email_dest", "Always empty: no mail is sent.", (row, out) -> true)
            .interval(
                "suppress_for",
                "For how long the same notice is suppressed.",
                row -> row.suppressNs);
    if (isNamed) {
      builder
          .wire("k8s.src", "Workload that did it.", row -> named(row.sourceName))
          .wire("k8s.dst", "Workload to which it was done.", row -> named(row.destinationName));
    }
    return builder.build();
  }

  private static @org.jspecify.annotations.Nullable String named(String name) {
    return name.isEmpty() ? null : name;
  }

  private static boolean text(@org.jspecify.annotations.Nullable String text, LineBuffer out) {
    if (text != null) {
      out.latin1(text);
    }
    return text != null;
  }
}
