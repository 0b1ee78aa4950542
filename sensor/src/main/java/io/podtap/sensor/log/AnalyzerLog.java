/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;

/** The declaration of {@code analyzer.log}: protocols that were certain and then were not. */
public final class AnalyzerLog {

  private AnalyzerLog() {}

  /**
   * One record.
   *
   * @param timeNs when the parser gave up, nanoseconds since 1970
   * @param analyzer as Zeek names it
   * @param reason one clause
   * @param data bytes that were not understood, or an empty text
   */
  public record Row(long timeNs, String analyzer, Flow flow, String reason, String data) {}

  /** Declares the log as Zeek has it. */
  public static LogSchema<Row> schema() {
    return LogSchema.<Row>named(
            "analyzer",
            "One record for each protocol that a flow turned out not to carry after all.")
        .time("ts", "When the parser gave up.", Row::timeNs)
        .string("analyzer_kind", "protocol: what the parser is for.", AnalyzerLog::kind)
        .string(
            "analyzer_name",
            "The protocol.",
            (row, out) -> {
              out.put(row.analyzer);
              return true;
            })
        .string("uid", "Unique id of the flow, as in conn.log.", AnalyzerLog::uid)
        .string("fuid", "Not set: Zeek's for files.", (row, out) -> false)
        .address("id.orig_h", "The originator's address.", AnalyzerLog::originator)
        .port("id.orig_p", "The originator's port.", row -> row.flow.originatorPort())
        .address("id.resp_h", "The responder's address.", AnalyzerLog::responder)
        .port("id.resp_p", "The responder's port.", row -> row.flow.responderPort())
        .enumeration(
            "proto",
            "tcp or udp.",
            (row, out) -> {
              out.put(row.flow.protocol() == IpProtocol.UDP ? "udp" : "tcp");
              return true;
            })
        .string(
            "failure_reason",
            "What was wrong.",
            (row, out) -> {
              out.latin1(row.reason);
              return true;
            })
        .string(
            "failure_data",
            "The bytes that were not understood.",
            (row, out) -> {
              out.latin1(row.data);
              return !row.data.isEmpty();
            })
        .of(Row::flow)
        .build();
  }

  private static boolean kind(Row row, LineBuffer out) {
    out.put("protocol");
    return true;
  }

  private static boolean uid(Row row, LineBuffer out) {
    out.put('C').base62(row.flow.uidHigh(), row.flow.uidLow());
    return true;
  }

  private static boolean originator(Row row, LineBuffer out) {
    out.address(row.flow.originatorHigh(), row.flow.originatorLow());
    return true;
  }

  private static boolean responder(Row row, LineBuffer out) {
    out.address(row.flow.responderHigh(), row.flow.responderLow());
    return true;
  }
}
