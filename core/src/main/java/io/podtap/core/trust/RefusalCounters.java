/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts peers that were not trusted. Any thread. */
final class RefusalCounters {

  private final AtomicLongArray counts = new AtomicLongArray(PeerRefusal.values().length);

  void count(PeerRefusal refusal) {
    counts.incrementAndGet(refusal.ordinal());
  }

  Map<PeerRefusal, Long> counts() {
    Map<PeerRefusal, Long> all = new EnumMap<>(PeerRefusal.class);
    for (PeerRefusal refusal : PeerRefusal.values()) {
      all.put(refusal, counts.get(refusal.ordinal()));
    }
    return all;
  }
}
