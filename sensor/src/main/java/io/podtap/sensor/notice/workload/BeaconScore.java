/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import java.util.Arrays;

/**
 * How much the connections of one pair look like a program that reports at intervals, from 0 to 1:
 * the mean of the scores of intervals and of sizes. A score is the mean of symmetry (one minus the
 * absolute value of Bowley's skewness) and of constancy (the median absolute deviation of the
 * median, 0 at the median itself or, of intervals, at 30 s).
 *
 * @see "RITA (Active Countermeasures), beacon analysis: skew and MADM of timestamps and data sizes"
 */
public final class BeaconScore {

  private static final long INTERVAL_SPREAD_MAX = 30_000;

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
    double spreadMax = Math.min(INTERVAL_SPREAD_MAX, middle);
    double times = (symmetry(intervals) + constancy(intervals, spreadMax)) / 2;
    double amounts = (symmetry(bytes) + constancy(bytes, Math.max(32, median(bytes)))) / 2;
    return (times + amounts) / 2;
  }

  private static double symmetry(long[] sorted) {
    double low = quantile(sorted, 0.25);
    double middle = quantile(sorted, 0.5);
    double high = quantile(sorted, 0.75);
    double width = high - low;
    if (width <= 0 || (middle - low < 10 && high - middle < 10)) {
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
