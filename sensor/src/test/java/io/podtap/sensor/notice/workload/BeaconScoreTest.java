/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that report at intervals, and events that only come often. */
class BeaconScoreTest {

  private static final double FOUND = 0.85;
  private static final int KEPT = 31;
  private static final int LEAST = 19;

  private final Random random = new Random(11);

  /** Clocks that tick every 20 ms make two intervals of one. */
  @Test
  void whatIsRegularButForTheClockIsABeacon() {
    long[] intervals = new long[25];
    for (int i = 0; i < intervals.length; i++) {
      intervals[i] = i % 5 < 3 ? 520 : 500;
    }
    assertThat(BeaconScore.of(intervals, sizes(25, 86, 86))).isEqualTo(1, within(0.02));
  }

  /**
   * Intervals of so many seconds that vary by so many in a hundred, with sizes that vary: found
   * within so many connections.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 300, 300, 20",
    "5, 10, 300, 300, 32",
    "60, 10, 300, 500, 60",
    "60, 20, 300, 500, 60",
    "300, 0, 100, 3000, 60",
    "300, 20, 300, 500, 60",
    "600, 30, 300, 500, 80",
    "3600, 10, 300, 300, 32",
    "3600, 50, 300, 300, 100",
  })
  void reportsThatVaryAreFound(int seconds, int percent, int least, int most, int connections) {
    int found = 0;
    for (int run = 0; run < 20; run++) {
      long[] intervals = new long[connections];
      for (int i = 0; i < connections; i++) {
        double part = 1 + (random.nextDouble() * 2 - 1) * percent / 100;
        intervals[i] = Math.round(seconds * 1_000 * part);
      }
      found += isFound(intervals, sizes(connections, least, most)) ? 1 : 0;
    }
    String name = String.format(Locale.ROOT, "%d s +- %d %%", seconds, percent);
    assertThat(found).as(name).isGreaterThanOrEqualTo(19);
  }

  /** People, queues and retries: independent events, also where all of them are of one size. */
  @Test
  void independentEventsAreNone() {
    int found = 0;
    for (int run = 0; run < 100; run++) {
      long[] intervals = new long[200];
      long mean = 8_000L << run % 10;
      for (int i = 0; i < intervals.length; i++) {
        boolean isRetry = run % 2 == 0 && random.nextBoolean();
        double exponential = -Math.log(1 - random.nextDouble());
        intervals[i] = isRetry ? 1_000 : Math.round(mean * exponential);
      }
      found += isFound(intervals, sizes(200, 300, 300)) ? 1 : 0;
    }
    assertThat(found).isLessThanOrEqualTo(2);
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  private long[] sizes(int count, int least, int most) {
    return random.longs(count, least, most + 1L).toArray();
  }

  /** As the detection does it: the latest intervals, at each connection. */
  private static boolean isFound(long[] intervals, long[] sizes) {
    for (int end = LEAST; end <= intervals.length; end++) {
      int from = Math.max(0, end - KEPT);
      long[] kept = Arrays.copyOfRange(intervals, from, end);
      if (BeaconScore.of(kept, Arrays.copyOfRange(sizes, from, end)) >= FOUND) {
        return true;
      }
    }
    return false;
  }
}
