/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

/**
 * What arrived on one lane against what the tap says it sent there. At every moment
 *
 * <pre>
 * sent + surplus + unreported = received + lost
 * </pre>
 *
 * and none of them is negative.
 *
 * <p>The life of a lane is cut into spans. A span begins with the first report of a start of the
 * tap, its baseline, and ends with the last one; loss is what a span's reports cover and did not
 * arrive. What earlier spans lost stays in the sums. A tap announces a lane with a count of zero,
 * so a sensor that was there from the start misses nothing.
 *
 * <p>Reports come by UDP: they are lost, doubled, late, and whoever reaches the port can forge one.
 * A late one is ignored. A count that grows faster than a tap can send is refused. A forged start
 * ends a span early and costs coverage ({@link #unreported}), never more.
 */
final class LaneLedger {

  /** No tap sends faster on one lane: one thread that copies each packet. */
  static final long PACKETS_PER_SECOND_MAX = 10_000_000;

  /** A report is not on its way for longer than this; taps report every ten seconds. */
  static final long LATE_NS_MAX = 5_000_000_000L;

  private static final int EARLIER_STARTS = 4;
  private static final long SECOND_NS = 1_000_000_000L;

  /** Starts of the tap before the present one; their reports may still be on their way. */
  private final String[] earlier = {"", "", "", ""};

  private int earlierCount;

  private long received;

  /** The present span. */
  private boolean reported;

  private boolean stopped;
  private String startId = "";
  private long startedNs;
  private long reportedNs;
  private long sequence;
  private long sentAtBaseline;
  private long receivedAtBaseline;
  private long sentAtReport;
  private long receivedAtReport;

  /** Sums over the spans before it. */
  private long sentBefore;

  private long coveredBefore;
  private long lostBefore;
  private long surplusBefore;

  void onPacket() {
    received++;
    if (stopped && missing() > 0) {
      receivedAtReport++; // the tap sends no more: it was overtaken by the last report
    }
  }

  /**
   * Compares the tap's count with ours.
   *
   * @param start the start of the tap that reports; empty when the tap does not say
   * @param number of the report within this start; negative when the tap does not say
   * @param sent packets of this lane before the report
   * @param isLast whether the tap sends nothing afterwards
   */
  ReportFate onReport(String start, long number, long sent, boolean isLast, long nowNs) {
    if (sent < 0) {
      return ReportFate.BAD;
    }
    if (!reported) {
      begin(start, sent, sent == 0 ? 0 : received, nowNs);
    } else if (!start.equals(startId)) {
      if (isEarlier(start) && nowNs - startedNs < LATE_NS_MAX) {
        return ReportFate.LATE;
      }
      if (stopped) { // what came since then is of the new start, from its first packet on
        if (!isPossible(sent, nowNs)) {
          return ReportFate.BAD;
        }
        long firstOfStart = receivedAtReport;
        end();
        begin(start, 0, firstOfStart, nowNs);
      } else {
        end();
        begin(start, sent, received, nowNs);
      }
    } else if (isLate(number, sent, nowNs)) {
      return ReportFate.LATE;
    } else if (sent < sentAtReport) { // the lane began anew
      end();
      begin(start, sent, received, nowNs);
    } else if (!isPossible(sent - sentAtReport, nowNs)) {
      return ReportFate.BAD;
    }
    sequence = number;
    sentAtReport = sent;
    receivedAtReport = received;
    reportedNs = nowNs;
    stopped = isLast;
    return ReportFate.USED;
  }

  private boolean isLate(long number, long sent, long nowNs) {
    return number >= 0
        ? number <= sequence
        : sent < sentAtReport && nowNs - reportedNs < LATE_NS_MAX;
  }

  private boolean isEarlier(String start) {
    for (int i = 0; i < Math.min(earlierCount, EARLIER_STARTS); i++) {
      if (earlier[i].equals(start)) {
        return true;
      }
    }
    return false;
  }

  private boolean isPossible(long more, long nowNs) {
    long seconds = Math.max(nowNs - reportedNs, 0) / SECOND_NS + 1;
    return more / PACKETS_PER_SECOND_MAX < seconds;
  }

  private void end() {
    sentBefore += sentAtReport - sentAtBaseline;
    coveredBefore += receivedAtReport - receivedAtBaseline;
    lostBefore += Math.max(missing(), 0);
    surplusBefore += Math.max(-missing(), 0);
    earlier[earlierCount++ % EARLIER_STARTS] = startId;
  }

  private void begin(String start, long sent, long receivedSoFar, long nowNs) {
    reported = true;
    startId = start;
    startedNs = nowNs;
    sentAtBaseline = sent;
    sentAtReport = sent;
    receivedAtBaseline = receivedSoFar;
    receivedAtReport = receivedSoFar;
  }

  /** Returns packets of this span sent and not received; negative when more came than were sent. */
  private long missing() {
    return (sentAtReport - sentAtBaseline) - (receivedAtReport - receivedAtBaseline);
  }

  boolean isReported() {
    return reported;
  }

  /** Returns packets received, reports left out. */
  long received() {
    return received;
  }

  /** Returns packets that reports cover, by the tap's count. */
  long sent() {
    return sentBefore + sentAtReport - sentAtBaseline;
  }

  /** Returns packets sent and not received. */
  long lost() {
    return lostBefore + Math.max(missing(), 0);
  }

  /** Returns packets received and not sent: doubled on the way, or not this tap's. */
  long surplus() {
    return surplusBefore + Math.max(-missing(), 0);
  }

  /** Returns packets received that no report covers, or not yet. */
  long unreported() {
    return received - coveredBefore - (receivedAtReport - receivedAtBaseline);
  }
}
