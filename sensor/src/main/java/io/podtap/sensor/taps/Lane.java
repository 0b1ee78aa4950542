package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;

/**
 * Packets of one sender address, source port and VNI: what arrived, and against the tap's own
 * count, what did not.
 *
 * <p>The first report of each start of the tap is its baseline: it says how many packets the tap
 * had sent when this sensor began to count. A tap announces each lane with a count of zero, so a
 * sensor that was there from the start misses nothing. Reports are not authenticated: what cannot
 * be is refused, a careful forger is believed.
 */
public final class Lane {

  /** More than one core of any machine sends. */
  private static final long PACKETS_PER_SECOND_MAX = 20_000_000;

  final long addressHigh;
  final long addressLow;
  final int port;
  final int vni;
  private final Tap tap;

  private long receivedPackets;
  private long receivedBytes;
  private final ReportOrder order = new ReportOrder();
  private boolean reported;
  private long reportedNs;

  /** Of the tap's present start. */
  private long baselineSent;

  private long baselineReceived;
  private long sent;
  private long missing;

  /** Of its earlier starts, in all. */
  private long earlierSent;

  private long earlierLost;
  private long earlierSurplus;

  Lane(long addressHigh, long addressLow, int port, int vni, Tap tap) {
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
    receivedPackets++;
    receivedBytes += length;
    tap.onSeen(nowNs);
  }

  /**
   * Compares the tap's count of this lane with ours and hands the rest of the report to the tap.
   *
   * @return whether it was used, or why not
   */
  public ReportFate onReport(TapReport report, long nowNs) {
    long start = report.count(TapReport.START);
    long sequence = report.count(TapReport.SEQUENCE);
    long laneSent = report.count(TapReport.LANE_SENT);
    if (start < 0 || sequence < 0 || laneSent < 0) {
      return ReportFate.BAD;
    }
    switch (order.take(start, sequence)) {
      case LATE -> {
        return ReportFate.LATE;
      }
      case RESTART -> begin(laneSent);
      case NEXT -> {
        if (!isPlausible(laneSent, nowNs)) {
          return ReportFate.BAD;
        }
      }
    }
    sent = laneSent;
    reportedNs = nowNs;
    missing = (laneSent - baselineSent) - (receivedPackets - baselineReceived);
    tap.onReport(report, nowNs);
    return ReportFate.USED;
  }

  /** A start of the tap that was not heard of before; what it counted before stays in the sums. */
  private void begin(long laneSent) {
    earlierSent += sent - baselineSent;
    earlierLost += Math.max(missing, 0);
    earlierSurplus += Math.max(-missing, 0);
    baselineSent = laneSent;
    baselineReceived = receivedPackets;
    if (laneSent == 0 && !reported) {
      baselineReceived = 0; // announced before its first packet, which may have overtaken it
    }
    reported = true;
  }

  /** Returns whether a count may be the successor of the last one: no tap is that fast. */
  private boolean isPlausible(long laneSent, long nowNs) {
    double seconds = Math.max(nowNs - reportedNs, 0) / 1e9;
    return laneSent >= sent && laneSent - sent <= (seconds + 1) * PACKETS_PER_SECOND_MAX;
  }

  /** Returns the tap that this lane belongs to. */
  public Tap tap() {
    return tap;
  }

  /** Returns frames received, reports left out. */
  public long receivedPackets() {
    return receivedPackets;
  }

  /** Returns bytes of those frames. */
  public long receivedBytes() {
    return receivedBytes;
  }

  /** Returns whether this lane ever brought a report. */
  public boolean isReported() {
    return reported;
  }

  /** Returns packets that the tap sent on this lane, counted from each start's baseline. */
  public long sentSinceBaseline() {
    return earlierSent + sent - baselineSent;
  }

  /** Returns packets sent but not received, as of the last report of each start. */
  public long lost() {
    return earlierLost + Math.max(missing, 0);
  }

  /**
   * Returns packets received more often than they were sent, as of the last report of each start:
   * duplicates or forgeries.
   */
  public long surplus() {
    return earlierSurplus + Math.max(-missing, 0);
  }
}
