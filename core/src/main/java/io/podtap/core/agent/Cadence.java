/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

/**
 * Says when something is due again that is done at intervals of the wall clock. The clock may step:
 * back, and what is due then is done at once and not when the former time comes again. One thread.
 */
public final class Cadence {

  private final long intervalNs;
  private long nextNs;

  /** Begins an interval at {@code nowNs}. */
  public Cadence(long intervalNs, long nowNs) {
    this.intervalNs = intervalNs;
    restart(nowNs);
  }

  /** Returns whether an interval has passed, and begins the next one if so. */
  public boolean isDue(long nowNs) {
    if (nowNs < nextNs && nextNs - nowNs <= intervalNs) {
      return false;
    }
    restart(nowNs);
    return true;
  }

  /** Begins an interval: it was just done. */
  public void restart(long nowNs) {
    nextNs = nowNs + intervalNs;
  }
}
