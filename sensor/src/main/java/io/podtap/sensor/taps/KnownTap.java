/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;
import io.podtap.core.text.AddressText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sender address, VNI and, once it has reported, id: a tap, once it is known ({@link
 * KnownTaps}); a stranger until then. Two taps of one pod differ by their ids.
 */
public final class KnownTap {

  /** Characters of an id; Podtap's own has eight, and a namespace before them perhaps. */
  public static final int ID_LENGTH_MAX = 128;

  /** In the place of a network identifier, which streams have none of. */
  static final int STREAM = -2;

  private static final TapReport NOTHING = new TapReport(Map.of());

  private final int index;
  private final long addressHigh;
  private final long addressLow;
  private final int vni;
  private final Trust trust;
  private final ClockOffset clock = new ClockOffset();
  private final ClockOffset reportClock = new ClockOffset();
  private volatile String id;
  private volatile TapReport report = NOTHING;
  private long lastReportNs;
  private long firstSeenNs;
  private long lastSeenNs;
  private boolean changed;

  /** Lanes of this tap in its table. */
  int lanes;

  /** The lane of its streams, if it has any. */
  @Nullable ReceivedLane stream;

  /** What makes a sender known. */
  enum Trust {
    LISTED,
    REPORT,
    NOTHING
  }

  KnownTap(int index, long addressHigh, long addressLow, int vni, String id, Trust trust) {
    this.id = id;
    this.index = index;
    this.addressHigh = addressHigh;
    this.addressLow = addressLow;
    this.vni = vni;
    this.trust = trust;
  }

  long addressHigh() {
    return addressHigh;
  }

  long addressLow() {
    return addressLow;
  }

  /** Returns whether it is neither listed nor has proved who it is. */
  boolean isUnproven() {
    return trust != Trust.LISTED;
  }

  /** Returns the tap's own id, or an empty text before it has said it. */
  String id() {
    return id;
  }

  void id(String said) {
    id = said;
  }

  void onSeen(long nowNs) {
    if (firstSeenNs == 0) {
      firstSeenNs = nowNs;
    }
    lastSeenNs = nowNs;
  }

  void onReport(TapReport received, long nowNs) {
    onSeen(nowNs);
    if (isOlder(received)) {
      return; // overtaken by the report of another lane
    }
    long sentNs = received.count(TapReport.TIME);
    if (sentNs > 0) {
      reportClock.observe(sentNs, nowNs);
    }
    report = received;
    lastReportNs = nowNs;
    changed = true;
  }

  private boolean isOlder(TapReport received) {
    return received.value(TapReport.START).equals(report.value(TapReport.START))
        && received.count(TapReport.SEQUENCE) >= 0
        && received.count(TapReport.SEQUENCE) < report.count(TapReport.SEQUENCE);
  }

  /** Returns whether a report came since the last call; the next call says no. */
  public boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /** Returns the number by which frames name this tap; never given to another one. */
  public int index() {
    return index;
  }

  /** Returns whether this sender is a tap: listed, or where there is no list, heard to report. */
  public boolean isKnown() {
    return switch (trust) {
      case LISTED -> true;
      case REPORT -> lastReportNs != 0;
      case NOTHING -> false;
    };
  }

  /** Returns the last report, empty of values before the first. */
  public TapReport report() {
    return report;
  }

  /** Returns the tap's clock against ours, by the times of its frames. */
  public ClockOffset clock() {
    return clock;
  }

  /** Returns the same, by its reports where its frames do not say when they were captured. */
  public ClockOffset clockOrReports() {
    return clock.isKnown() ? clock : reportClock;
  }

  /** Returns the network identifier that this tap's frames carry; below 0 for none. */
  public int vni() {
    return vni;
  }

  /** Returns when the last report came, nanoseconds since 1970, or 0. */
  public long lastReportNs() {
    return lastReportNs;
  }

  /** Returns when the first frame or report came, nanoseconds since 1970, or 0. */
  public long firstSeenNs() {
    return firstSeenNs;
  }

  /** Returns when the last frame or report came, nanoseconds since 1970, or 0. */
  public long lastSeenNs() {
    return lastSeenNs;
  }

  /**
   * Returns the name by which records mention this tap: its own id, or its address before a report.
   */
  public String name() {
    return id.isEmpty() ? address() : id;
  }

  /** Returns the sender's address as text, IPv4 unmapped, IPv6 as other logs write it. */
  public String address() {
    return AddressText.of(addressHigh, addressLow);
  }
}
