/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One tap at one moment, with its lanes summed: what it says of itself and what arrived. Always
 * {@code sentHere + surplus + unreported = received + lost}.
 *
 * @param tap the sender
 * @param report the tap's last report, without values before the first
 * @param received frames received, reports left out
 * @param receivedBytes bytes of those frames
 * @param sentHere packets that the tap counted towards this sensor, as far as reports cover them
 * @param lost packets sent here that did not arrive, as of the last reports
 * @param surplus packets that arrived more often than they were sent
 * @param unreported packets that arrived and no report covers, or not yet
 */
public record TapSummary(
    KnownTap tap,
    TapReport report,
    long received,
    long receivedBytes,
    long sentHere,
    long lost,
    long surplus,
    long unreported) {

  /** Sums up every tap and stranger of a table. */
  public static List<TapSummary> of(TapTable table) {
    Map<KnownTap, TapSummary> sums = new HashMap<>();
    for (ReceivedLane lane : table.lanes()) {
      sums.merge(lane.tap(), of(lane), TapSummary::plus);
    }
    List<TapSummary> summaries = new ArrayList<>(sums.size());
    for (KnownTap tap : table.taps()) {
      summaries.add(sums.getOrDefault(tap, nothing(tap)));
    }
    return summaries;
  }

  private static TapSummary nothing(KnownTap tap) {
    return new TapSummary(tap, tap.report(), 0, 0, 0, 0, 0, 0);
  }

  private static TapSummary of(ReceivedLane lane) {
    return new TapSummary(
        lane.tap(),
        lane.tap().report(),
        lane.receivedPackets(),
        lane.receivedBytes(),
        lane.sent(),
        lane.lost(),
        lane.surplus(),
        lane.unreported());
  }

  /** Returns the sums of two, with the name of this one. */
  public TapSummary plus(TapSummary other) {
    return new TapSummary(
        tap,
        report,
        received + other.received,
        receivedBytes + other.receivedBytes,
        sentHere + other.sentHere,
        lost + other.lost,
        surplus + other.surplus,
        unreported + other.unreported);
  }
}
