/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

import io.podtap.core.report.TapReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** What a tap's reports say, however they travel. Any thread; allocates. */
public final class ReportText {

  /** What a report says of the tap's life. */
  public enum State {
    START,
    RUNNING,
    STOP;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final List<String> LAST = List.of(TapReport.LABELS, TapReport.CONTAINERS);

  private final Map<String, String> identity;
  private final String interfaces;
  private final int vni;

  /** Tells this start from the tap's others; nobody need be unable to guess it. */
  private final long start = new SplittableRandom().nextLong() >>> 1;

  private volatile Supplier<Map<String, String>> more = Map::of;
  private volatile long omitted;

  /**
   * @param identity who the tap is, by the keys of a report
   * @param interfaces where frames come from, for people
   */
  public ReportText(Map<String, String> identity, String interfaces, int vni) {
    this.identity = Collections.unmodifiableMap(new LinkedHashMap<>(identity));
    this.interfaces = interfaces;
    this.vni = vni;
  }

  /** Says this too in every report. */
  public void also(Supplier<Map<String, String>> values) {
    more = values;
  }

  /**
   * Returns who the tap is, and under {@link TapReport#OMITTED} what the last report had no room
   * for. Any thread.
   */
  public Map<String, String> described() {
    Map<String, String> values = new LinkedHashMap<>(identity);
    long last = omitted;
    if (last > 0) {
      values.put(TapReport.OMITTED, Long.toString(last));
    }
    return values;
  }

  /** Returns who the tap is: what does not change from start to stop. */
  Map<String, String> identity() {
    Map<String, String> values = new LinkedHashMap<>(identity);
    values.put(TapReport.START, Long.toString(start));
    values.put(TapReport.VNI, Integer.toString(vni));
    return values;
  }

  /**
   * Returns a report.
   *
   * @param sequence number of the round of reports
   * @param laneSent packets before it, on its way
   * @param sent packets to all sensors
   */
  byte[] encode(State state, long sequence, long laneSent, long sent, Ledger.Snapshot ledger) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.START, Long.toString(start));
    values.put(TapReport.SEQUENCE, Long.toString(sequence));
    values.put(TapReport.TIME, Long.toString(System.currentTimeMillis() * NANOS_PER_MILLI));
    values.put(TapReport.STATE, state.text());
    values.put(TapReport.VNI, Integer.toString(vni));
    values.put(TapReport.LANE_SENT, Long.toString(laneSent));
    values.putAll(ledger.report());
    values.put(TapReport.SENT, Long.toString(sent));
    values.putAll(identity);
    values.put(TapReport.INTERFACE, interfaces);
    values.putAll(more.get());
    for (String key : LAST) { // where there is no room, they are left out first
      String value = values.remove(key);
      if (value != null) {
        values.put(key, value);
      }
    }
    TapReport report = new TapReport(values);
    omitted = report.omitted();
    return report.encode();
  }
}
