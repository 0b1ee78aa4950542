/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/** The declaration of {@code weird.log}: what was odd about packets and protocols. */
public final class WeirdLog {

  private WeirdLog() {}

  /**
   * One record: of a flow, of a packet between two addresses, or of neither. Filled anew for each.
   */
  public static final class Row {

    public long timeNs;
    public @Nullable Flow flow;
    public boolean hasAddresses;
    public long sourceHigh;
    public long sourceLow;
    public long destinationHigh;
    public long destinationLow;
    public String name = "";
    public String detail = "";
    public String source = "";
    public boolean isNotice;
  }

  /** Declares the log as Zeek has it. */
  public static LogSchema<Row> schema() {
    return LogSchema.<Row>named(
            "weird", "One record for each weird, once in ten minutes for each flow.")
        .time("ts", "When it was met.", row -> row.timeNs)
        .string(
            "uid",
            "Unique id of the flow, as in conn.log.",
            (row, out) -> {
              if (row.flow != null) {
                out.put('C').base62(row.flow.uidHigh(), row.flow.uidLow());
              }
              return row.flow != null;
            })
        .address("id.orig_h", "The originator's address, or the sender's.", WeirdLog::originator)
        .port(
            "id.orig_p",
            "The originator's port; 0 for a packet without a flow.",
            row -> row.flow != null ? row.flow.originatorPort() : noPort(row))
        .address("id.resp_h", "The responder's address, or the receiver's.", WeirdLog::responder)
        .port(
            "id.resp_p",
            "The responder's port; 0 for a packet without a flow.",
            row -> row.flow != null ? row.flow.responderPort() : noPort(row))
        .string("name", "What was odd, as Zeek names it.", (row, out) -> text(row.name, out))
        .string("addl", "What exactly.", (row, out) -> text(row.detail, out))
        .bool("notice", "Whether Zeek raises a notice of it as well.", row -> row.isNotice ? 1 : 0)
        .string(
            "peer",
            "Always zeek, as a Zeek that is no cluster writes it.",
            (row, out) -> text("zeek", out))
        .string("source", "Who found it.", (row, out) -> text(row.source, out))
        .of(row -> row.flow)
        .build();
  }

  private static boolean text(String text, LineBuffer out) {
    out.latin1(text);
    return !text.isEmpty();
  }

  private static long noPort(Row row) {
    return row.hasAddresses ? 0 : LogSchema.UNSET;
  }

  private static boolean originator(Row row, LineBuffer out) {
    if (row.flow != null) {
      out.address(row.flow.originatorHigh(), row.flow.originatorLow());
    } else if (row.hasAddresses) {
      out.address(row.sourceHigh, row.sourceLow);
    }
    return row.flow != null || row.hasAddresses;
  }

  private static boolean responder(Row row, LineBuffer out) {
    if (row.flow != null) {
      out.address(row.flow.responderHigh(), row.flow.responderLow());
    } else if (row.hasAddresses) {
      out.address(row.destinationHigh, row.destinationLow);
    }
    return row.flow != null || row.hasAddresses;
  }
}
