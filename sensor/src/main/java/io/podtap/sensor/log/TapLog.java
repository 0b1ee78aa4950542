/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.core.report.TapReport;
import io.podtap.sensor.taps.TapSummary;

/** The declaration of {@code tap.log}: what each tap says of itself, and what of it arrived. */
public final class TapLog {

  private TapLog() {}

  /**
   * One record.
   *
   * @param timeNs when it was written, nanoseconds since 1970
   * @param summary the tap at that time
   */
  public record Row(long timeNs, TapSummary summary) {}

  /** Declares the log. */
  public static LogSchema<Row> schema() {
    LogSchema.Builder<Row> log =
        LogSchema.<Row>named(
                "tap", "One record for each tap whenever it has reported, and at the end.")
            .time("ts", "When the record was written.", Row::timeNs)
            .string(
                "tap.id",
                "The tap's own id, or its address when it has not reported.",
                TapLog::name)
            .string("tap.address", "Where its datagrams come from.", TapLog::address)
            .count(
                "tap.vni",
                "The network identifier of its datagrams; unset where it comes by TLS.",
                row -> row.summary.tap().vni() < 0 ? LogSchema.UNSET : row.summary.tap().vni());
    text(log, "tap.state", TapReport.STATE, "start, running or stop, by its last report.");
    text(log, "tap.interface", TapReport.INTERFACE, "What it captures.");
    text(log, "tap.pod", TapReport.POD, "Its pod.");
    text(log, "tap.namespace", TapReport.NAMESPACE, "Its pod's namespace.");
    text(log, "tap.node", TapReport.NODE, "Its node.");
    text(log, "tap.uid", TapReport.POD_UID, "Its pod's unique id.");
    text(log, "tap.image", TapReport.IMAGE, "Its container's image.");
    number(
        log,
        "tap.omitted",
        TapReport.OMITTED,
        "Labels, containers, addresses and lines that its last report had no room for.");
    number(log, "seen", TapReport.SEEN, "Frames that its kernel saw, own tunnel left out.");
    number(log, "filtered", TapReport.FILTERED, "Frames that its filter left out.");
    number(
        log,
        "dropped",
        TapReport.DROPPED,
        "Frames that its kernel dropped because its ring was full.");
    number(log, "mirrored", TapReport.MIRRORED, "Frames that became packets.");
    number(log, "failed", TapReport.FAILED, "Frames and packets that could not be mirrored.");
    number(log, "sent", TapReport.SENT, "Packets that it sent, to all sensors.");
    return log.interval(
            "clock_offset",
            "How far the tap's clock is ahead of the sensor's, as far as frames or reports say.",
            row ->
                row.summary.tap().clockOrReports().isKnown()
                    ? row.summary.tap().clockOrReports().tapAheadNs()
                    : LogSchema.UNSET)
        .count(
            "sent_here",
            "Packets that it sent to this sensor, as far as reports cover them.",
            row -> row.summary.sentHere())
        .count("received", "Packets that this sensor received.", row -> row.summary.received())
        .count("received_bytes", "Bytes of those packets.", row -> row.summary.receivedBytes())
        .count(
            "lost",
            "Packets sent here and not received, as of the last report.",
            row -> row.summary.lost())
        .count(
            "surplus",
            "Packets received more often than they were sent: duplicates, or not this tap's.",
            row -> row.summary.surplus())
        .count(
            "unreported",
            "Packets received that no report covers, or not yet: sent_here + surplus + unreported ="
                + " received + lost.",
            row -> row.summary.unreported())
        .build();
  }

  private static boolean name(Row row, LineBuffer out) {
    out.put(row.summary.tap().name());
    return true;
  }

  private static boolean address(Row row, LineBuffer out) {
    out.put(row.summary.tap().address());
    return true;
  }

  private static void text(LogSchema.Builder<Row> log, String name, String key, String meaning) {
    log.string(
        name,
        meaning,
        (row, out) -> {
          String value = row.summary.report().value(key);
          out.put(value);
          return !value.isEmpty();
        });
  }

  private static void number(LogSchema.Builder<Row> log, String name, String key, String meaning) {
    log.count(
        name,
        meaning,
        row -> {
          long count = row.summary.report().count(key);
          return count < 0 ? LogSchema.UNSET : count;
        });
  }
}
