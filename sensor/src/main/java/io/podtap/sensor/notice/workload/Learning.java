/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import java.time.Duration;

/**
 * Since when each workload is known. What a workload does is new only after its learning time: that
 * of a new workload begins when it is first seen, at either end of a connection. One thread.
 */
public final class Learning {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();

  private final long learningNs;
  private final AgeTable<String, Long> since;

  public Learning(ClusterSettings settings) {
    learningNs = settings.learningNs();
    since = new AgeTable<>(settings.tableBytesMax(), IDLE_NS_MAX, _ -> Long.BYTES * 2);
  }

  /**
   * Returns whether a party is known for longer than the learning time; it is known from now on.
   */
  public boolean isOver(Party party, long nowNs) {
    Long begun = Tables.used(since, party.key(), nowNs);
    if (begun == null) {
      since.put(party.key(), nowNs, nowNs);
      return learningNs <= 0;
    }
    return nowNs - begun > learningNs;
  }

  /** Returns what is remembered. */
  public StateTable table() {
    return since;
  }
}
