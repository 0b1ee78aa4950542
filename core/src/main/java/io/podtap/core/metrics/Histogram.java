/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** Observations by size, in the unit of their declaration. Any thread. */
public final class Histogram {

  /**
   * One moment of it.
   *
   * @param bounds inclusive upper bounds, ascending
   * @param counts observations of each bucket alone; one more than bounds
   * @param sum of all observations
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, by the writer
  record Buckets(long[] bounds, long[] counts, long sum) {}

  private final long[] bounds;
  private final LongAdder[] buckets;
  private final LongAdder sum = new LongAdder();

  /**
   * Makes an empty one.
   *
   * @param bounds inclusive upper bounds of the buckets, ascending; what is larger has a bucket too
   */
  public Histogram(long... bounds) {
    this.bounds = bounds.clone();
    buckets = new LongAdder[bounds.length + 1];
    Arrays.setAll(buckets, _ -> new LongAdder());
  }

  /** Adds an observation. */
  public void observe(long value) {
    int bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) {
      bucket++;
    }
    buckets[bucket].increment();
    sum.add(value);
  }

  Buckets buckets() {
    return new Buckets(
        bounds, Arrays.stream(buckets).mapToLong(LongAdder::sum).toArray(), sum.sum());
  }
}
