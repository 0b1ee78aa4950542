/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import io.podtap.core.metrics.MetricGroup;
import java.util.concurrent.atomic.LongAdder;

/** What became of connections. Any thread. */
public final class ServerCounters {

  final LongAdder accepted = new LongAdder();

  /** Dropped to make room for new ones. */
  final LongAdder dropped = new LongAdder();

  /** Turned away: every place was taken by a connection at work. */
  final LongAdder refused = new LongAdder();

  /** Ended because they took longer than they may. */
  final LongAdder late = new LongAdder();

  /** Requests that are not HTTP as this server takes it. */
  final LongAdder malformed = new LongAdder();

  /** Ended by a failure of this program. */
  final LongAdder failed = new LongAdder();

  /**
   * Declares what became of connections.
   *
   * @param prefix of the program's metrics
   */
  public static MetricGroup<ServerCounters> metrics(String prefix) {
    return MetricGroup.<ServerCounters>of(prefix, "connections of the server", "")
        .counters("connections", "fate", "Connections, by outcome.")
        .value("accepted", counters -> counters.accepted.sum())
        .value("dropped", counters -> counters.dropped.sum())
        .value("refused", counters -> counters.refused.sum())
        .value("late", counters -> counters.late.sum())
        .value("malformed", counters -> counters.malformed.sum())
        .value("failed", counters -> counters.failed.sum())
        .build();
  }
}
