/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.metrics.Histogram;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.injector.webhook.http.Failure;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What the webhook decided and how long it took; any thread. */
final class WebhookCounters {

  /** What the webhook decided. */
  static final MetricGroup<WebhookCounters> METRICS =
      MetricGroup.<WebhookCounters>of("podtap_webhook_", "reviews", "")
          .counters("reviews", "decision", "Reviews of pods, by what was decided.")
          .values("", WebhookCounters::decisions)
          .histogram(
              "review",
              MetricUnit.MICROSECONDS,
              "Time of a decision, without network and TLS.",
              counters -> counters.times)
          .build();

  private final Map<String, LongAdder> decisions = new ConcurrentSkipListMap<>();
  private final Histogram times =
      new Histogram(500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 250_000, 2_000_000);

  private final Failure failure;

  /**
   * @param failure told of mistakes of this program
   */
  WebhookCounters(Failure failure) {
    this.failure = failure;
  }

  /**
   * Counts one review.
   *
   * @param decision one of few words
   */
  void count(String decision, long durationNs) {
    decisions.computeIfAbsent(decision, _ -> new LongAdder()).increment();
    times.observe(durationNs / 1_000);
  }

  /** Tells of a mistake of this program, each kind once, with its stack. */
  void fail(RuntimeException mistake) {
    failure.note("of a review", mistake);
  }

  private Map<String, Long> decisions() {
    Map<String, Long> counts = new TreeMap<>();
    decisions.forEach((decision, count) -> counts.put(decision, count.sum()));
    return counts;
  }
}
