/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;

/**
 * Packets of one sender address, source port and VNI: what arrived, and against the tap's own
 * count, what did not ({@link LaneLedger}).
 */
public final class ReceivedLane {

  private static final String STOPPED = "stop";

  final long addressHigh;
  final long addressLow;
  final int port;
  final int vni;

  /** By address until a report says more. */
  KnownTap tap;

  /** Whether it is in no table any more. */
  boolean forgotten;

  private final LaneLedger ledger = new LaneLedger();
  private long receivedBytes;
  private long reportDatagrams;

  ReceivedLane(long addressHigh, long addressLow, int port, int vni, KnownTap tap) {
    this.addressHigh = addressHigh;
    this.addressLow = addressLow;
    this.port = port;
    this.vni = vni;
    this.tap = tap;
  }

  boolean matches(long high, long low, int sourcePort, int identifier) {
    return addressLow == low && port == sourcePort && vni == identifier && addressHigh == high;
  }

  /** Counts one frame of this lane. */
  public void onFrame(int length, long nowNs) {
    ledger.onPacket();
    receivedBytes += length;
    tap.onSeen(nowNs);
  }

  /**
   * Compares the tap's count of this lane with ours and hands the rest of the report to the tap.
   *
   * @return what became of it; only a report that is taken changes anything
   */
  public ReportFate onReport(TapReport report, long nowNs) {
    if (!report.value(TapReport.LANE_SENT).isEmpty()) {
      ReportFate fate =
          ledger.onReport(
              report.value(TapReport.START),
              report.count(TapReport.SEQUENCE),
              report.count(TapReport.LANE_SENT),
              report.value(TapReport.STATE).equals(STOPPED),
              nowNs);
      if (fate != ReportFate.USED) {
        return fate;
      }
    }
    tap.onReport(report, nowNs);
    return ReportFate.USED;
  }

  /** Counts one datagram of this lane that holds no frame but a report or a probe. */
  public void onReportDatagram() {
    reportDatagrams++;
  }

  /** Returns datagrams received, reports and probes among them. */
  public long receivedDatagrams() {
    return ledger.received() + reportDatagrams;
  }

  /** Returns the tap that this lane belongs to. */
  public KnownTap tap() {
    return tap;
  }

  /** Returns frames received, reports left out. */
  public long receivedPackets() {
    return ledger.received();
  }

  /** Returns bytes of those frames. */
  public long receivedBytes() {
    return receivedBytes;
  }

  /** Returns whether this lane ever brought a report. */
  public boolean isReported() {
    return ledger.isReported();
  }

  /** Returns packets that the tap sent on this lane, as far as reports cover them. */
  public long sent() {
    return ledger.sent();
  }

  /** Returns packets sent but not received, as of the last report. */
  public long lost() {
    return ledger.lost();
  }

  /**
   * Returns packets received more often than they were sent, as of the last report: duplicates or
   * forgeries.
   */
  public long surplus() {
    return ledger.surplus();
  }

  /** Returns packets received that no report covers, or not yet. */
  public long unreported() {
    return ledger.unreported();
  }
}
