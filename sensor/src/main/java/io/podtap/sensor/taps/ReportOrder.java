package io.podtap.sensor.taps;

/**
 * Puts the reports of one sender in order: UDP may bring them late or twice, and a tap that starts
 * again counts from zero. Each start of a tap has a number of its own, drawn at random, and numbers
 * its reports.
 */
final class ReportOrder {

  /** Where a report stands. */
  enum Verdict {
    /** Newer than every other of its start. */
    NEXT,
    /** The first of a start not heard of before. */
    RESTART,
    /** Overtaken by a newer one, or a duplicate. */
    LATE
  }

  /** Earlier starts whose stragglers are known as such. */
  private static final int FORMER_MAX = 8;

  private static final long NONE = -1;

  private final long[] former = new long[FORMER_MAX];
  private int formerCount;
  private long start = NONE;
  private long sequence = NONE;

  /**
   * Takes one report.
   *
   * @param reportStart number of the tap's start, 0 or more
   * @param reportSequence number of the report since then, 0 or more
   */
  Verdict take(long reportStart, long reportSequence) {
    if (reportStart == start) {
      if (reportSequence <= sequence) {
        return Verdict.LATE;
      }
      sequence = reportSequence;
      return Verdict.NEXT;
    }
    if (isFormer(reportStart)) {
      return Verdict.LATE;
    }
    if (start != NONE) {
      former[formerCount++ % FORMER_MAX] = start;
    }
    start = reportStart;
    sequence = reportSequence;
    return Verdict.RESTART;
  }

  private boolean isFormer(long reportStart) {
    for (int i = 0; i < Math.min(formerCount, FORMER_MAX); i++) {
      if (former[i] == reportStart) {
        return true;
      }
    }
    return false;
  }
}
