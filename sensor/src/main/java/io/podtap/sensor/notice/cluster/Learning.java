/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import java.time.Duration;

/**
 * Since when each workload is known. What a workload does is new only after its learning time: that
 * of a new workload begins when it is first seen, at either end of a connection. One thread.
 */
final class Learning {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();

  private final long learningNs;
  private final BoundedTable<Long> since;

  Learning(ClusterSettings settings) {
    learningNs = settings.learningNs();
    since = new BoundedTable<>(settings.tableBytesMax(), IDLE_NS_MAX, _ -> Long.BYTES * 2);
  }

  /** Returns whether a party is known for longer than the learning time; it is known from now on. */
  boolean isOver(Party party, long nowNs) {
    Long begun = since.get(party.key(), nowNs);
    if (begun == null) {
      since.put(party.key(), nowNs, nowNs);
      return learningNs <= 0;
    }
    return nowNs - begun > learningNs;
  }

  long bytes() {
    return since.bytes();
  }
}
