package io.podtap.injector.webhook.http;

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

  /** Returns the counters in Prometheus' text format. */
  public String text(String prefix) {
    String name = prefix + "connections_total{fate=\"";
    return "# TYPE "
        + (prefix + "connections_total counter\n")
        + (name + "accepted\"} " + accepted.sum() + '\n')
        + (name + "dropped\"} " + dropped.sum() + '\n')
        + (name + "refused\"} " + refused.sum() + '\n')
        + (name + "late\"} " + late.sum() + '\n')
        + (name + "malformed\"} " + malformed.sum() + '\n')
        + (name + "failed\"} " + failed.sum() + '\n');
  }
}
