/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import java.util.Arrays;

/**
 * How much the connections of one pair look like a program that reports at intervals, from 0 to 1:
 * the mean of the scores of intervals and of sizes. A score is the mean of symmetry (one minus the
 * absolute value of Bowley's skewness) and of constancy (one minus the median absolute deviation in
 * parts of the median). Programs that report vary their intervals by up to a half in either
 * direction; where the middle half of the intervals spreads further, as that of independent events
 * does, or where more than one in ten is a pause, as behind retries, the score is 0.
 *
 * @see "RITA (Active Countermeasures), beacon analysis: skew and MADM of timestamps and data sizes"
 */
public final class BeaconScore {

  /** The middle half of intervals that vary by a half has this width, in parts of the median. */
  private static final double SPREAD_MAX = 0.6;

  /** Independent events look this narrow by chance, unless many are compared. */
  private static final double CERTAIN_SPREAD_MAX = 0.25;

  private static final int INTERVALS_COMPARED_MIN = 31;

  /** One interval in ten may be so many times the median: reports that were lost, nights. */
  private static final double PAUSE_MIN = 3;

  /** Skewness of less than this width tells of clocks and queues alone, in parts of the median. */
  private static final double NARROW = 0.05;

  private static final double NARROW_MS = 40;
  private static final double SMALL_BYTES = 32;

  private BeaconScore() {}

  /**
   * Returns the score.
   *
   * @param intervalsMs milliseconds between connections
   * @param sizes bytes that the originator sent in each
   */
  public static double of(long[] intervalsMs, long[] sizes) {
    long[] intervals = intervalsMs.clone();
    long[] bytes = sizes.clone();
    Arrays.sort(intervals);
    Arrays.sort(bytes);
    double middle = Math.max(1, median(intervals));
    double spread = (quantile(intervals, 0.75) - quantile(intervals, 0.25)) / middle;
    boolean few = intervals.length < INTERVALS_COMPARED_MIN;
    boolean hasPauses = quantile(intervals, 0.9) > PAUSE_MIN * middle;
    if (hasPauses || spread > (few ? CERTAIN_SPREAD_MAX : SPREAD_MAX)) {
      return 0;
    }
    double times = (symmetry(intervals, NARROW_MS) + constancy(intervals, middle)) / 2;
    double amounts =
        (symmetry(bytes, SMALL_BYTES) + constancy(bytes, Math.max(SMALL_BYTES, median(bytes)))) / 2;
    return (times + amounts) / 2;
  }

  /** Of widths that tell nothing, and where two quartiles are one, skewness is not defined. */
  private static double symmetry(long[] sorted, double narrow) {
    double low = quantile(sorted, 0.25);
    double middle = quantile(sorted, 0.5);
    double high = quantile(sorted, 0.75);
    double width = high - low;
    if (width <= Math.max(narrow, NARROW * middle) || middle <= low || middle >= high) {
      return 1;
    }
    return 1 - Math.abs((low + high - 2 * middle) / width);
  }

  private static double constancy(long[] sorted, double spreadMax) {
    double middle = median(sorted);
    long[] deviations = new long[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      deviations[i] = Math.round(Math.abs(sorted[i] - middle));
    }
    Arrays.sort(deviations);
    return Math.max(0, 1 - median(deviations) / spreadMax);
  }

  private static double median(long[] sorted) {
    return quantile(sorted, 0.5);
  }

  private static double quantile(long[] sorted, double part) {
    if (sorted.length == 0) {
      return 0;
    }
    double at = part * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
