/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.notice.RecentKeys;
import io.podtap.sensor.notice.StateTable;
import java.time.Duration;

/** What workloads did while they were learned. One thread. */
public final class Learned {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();

  private final Learning learning;
  private final RecentKeys usual;

  public Learned(ClusterSettings settings, Learning learning) {
    this.learning = learning;
    usual = new RecentKeys(settings.tableBytesMax(), IDLE_NS_MAX);
  }

  /**
   * Returns whether a workload does what it did while it was learned. During its learning time
   * everything is usual, and remembered.
   */
  public boolean isUsual(String what, Party who, long now) {
    boolean over = learning.isOver(who, now);
    if (usual.isKnown(what, now)) {
      return true;
    }
    if (!over) {
      usual.add(what, now);
    }
    return !over;
  }

  /** Returns what is remembered. */
  public StateTable table() {
    return usual;
  }
}
