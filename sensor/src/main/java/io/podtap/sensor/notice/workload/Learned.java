/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.notice.AgeTable;
import java.time.Duration;

/** What workloads did while they were learned. One thread. */
public final class Learned {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();

  private final Learning learning;
  private final AgeTable<String, Boolean> usual;

  public Learned(ClusterSettings settings, Learning learning) {
    this.learning = learning;
    usual = new AgeTable<>(settings.tableBytesMax() / 4, IDLE_NS_MAX, _ -> 0);
  }

  /**
   * Returns whether a workload does what it did while it was learned. During its learning time
   * everything is usual, and remembered.
   */
  public boolean isUsual(String what, Party who, long now) {
    boolean over = learning.isOver(who, now);
    if (Tables.used(usual, what, now) != null) {
      return true;
    }
    if (!over) {
      usual.put(what, true, now);
    }
    return !over;
  }

  /** Returns what is remembered. */
  public AgeTable<String, Boolean> table() {
    return usual;
  }
}
