package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;

/**
 * Packets of one sender address, source port and VNI: what arrived, and against the tap's own
 * count, what did not.
 *
 * <p>The first report seen on a lane is the baseline: it says how many packets the tap had sent
 * when this sensor began to count. A tap announces each lane with a count of zero, so a sensor that
 * was there from the start misses nothing.
 */
public final class Lane {

  final long addressHigh;
  final long addressLow;
  final int port;
  final int vni;
  private final Tap tap;

  private long receivedPackets;
  private long receivedBytes;
  private boolean reported;
  private long baselineSent;
  private long baselineReceived;
  private long sent;
  private long lost;
  private long surplus;

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
   */
  public void onReport(TapReport report, long nowNs) {
    long laneSent = report.count(TapReport.LANE_SENT);
    if (laneSent >= 0) {
      boolean restarted = laneSent < sent;
      if (!reported || restarted) {
        reported = true;
        baselineSent = laneSent;
        baselineReceived = receivedPackets;
        if (laneSent == 0 && !restarted) {
          baselineReceived = 0; // announced before its first packet
        }
      }
      sent = laneSent;
      long missing = (laneSent - baselineSent) - (receivedPackets - baselineReceived);
      lost = Math.max(missing, 0);
      surplus = Math.max(-missing, 0);
    }
    tap.onReport(report, nowNs);
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

  /** Returns packets that the tap sent on this lane between the baseline and its last report. */
  public long sentSinceBaseline() {
    return sent - baselineSent;
  }

  /** Returns packets sent but not received, as of the last report. */
  public long lost() {
    return lost;
  }

  /**
   * Returns packets received more often than they were sent, as of the last report: duplicates or
   * forgeries.
   */
  public long surplus() {
    return surplus;
  }
}
