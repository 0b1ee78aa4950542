/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Counts connections by how they ended, and says so, each kind once a minute. Any thread. */
final class StreamEnds {

  private static final long SAY_NS = TimeUnit.MINUTES.toNanos(1);

  private final Map<StreamEnd, Long> ends = new EnumMap<>(StreamEnd.class);
  private final Map<StreamEnd, Long> saidNs = new EnumMap<>(StreamEnd.class);
  private final Consumer<String> log;

  StreamEnds(Consumer<String> log) {
    this.log = log;
  }

  synchronized void count(StreamEnd end) {
    ends.merge(end, 1L, Long::sum);
  }

  /** Counts the end of a connection that has not proved who it is. */
  void unproven(StreamEnd end, String problem) {
    count(end);
    if (end != StreamEnd.STOPPED && isDue(end)) {
      log.accept("stream rejected, unknown sender: " + problem);
    }
  }

  private synchronized boolean isDue(StreamEnd end) {
    long nowNs = System.nanoTime();
    Long said = saidNs.get(end);
    if (said != null && nowNs - said <= SAY_NS) {
      return false;
    }
    saidNs.put(end, nowNs);
    return true;
  }

  synchronized Map<StreamEnd, Long> counts() {
    return Map.copyOf(ends);
  }
}
