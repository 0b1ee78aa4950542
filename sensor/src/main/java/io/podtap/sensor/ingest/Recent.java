/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import java.util.concurrent.TimeUnit;

/** Whether a count has grown lately. One thread updates, any asks. */
public final class Recent {

  private static final long LATELY_NS = TimeUnit.SECONDS.toNanos(30);

  private long count;
  private volatile long grownNs;
  private volatile boolean hasGrown;

  /** Takes the count as it is now. */
  public void update(long now) {
    if (now > count) {
      count = now;
      grownNs = System.nanoTime();
      hasGrown = true;
    }
  }

  /** Returns whether it has grown within half a minute. */
  public boolean isNow() {
    return hasGrown && System.nanoTime() - grownNs < LATELY_NS;
  }
}
