/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.util.SplittableRandom;

/** How long to wait before the next attempt: twice as long each time, with jitter. One thread. */
public final class Backoff {

  private static final long FIRST_MS = 100;
  private static final int DOUBLINGS_MAX = 10;

  private final SplittableRandom random;
  private int attempts;

  /**
   * @param seed differs from process to process, so that they do not all come back at once
   */
  public Backoff(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Begins anew: something has worked. */
  public void reset() {
    attempts = 0;
  }

  /**
   * Returns the time until the next attempt after a failure, in milliseconds.
   *
   * @param longestMs what doubling ends at
   * @param leastMs what the other side asked for, or 0; may be more than {@code longestMs}, and is
   *     never undercut
   */
  public long nextMs(long longestMs, long leastMs) {
    long wait = Math.min(FIRST_MS << Math.min(attempts++, DOUBLINGS_MAX), longestMs);
    long jittered = wait / 2 + random.nextLong(wait / 2 + 1);
    return jittered >= leastMs ? jittered : leastMs + random.nextLong(leastMs / 4 + 1);
  }

  /** Returns a number around {@code middle}, a quarter more or less. */
  public long around(long middle) {
    return middle - middle / 4 + random.nextLong(middle / 2 + 1);
  }
}
