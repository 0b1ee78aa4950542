package io.podtap.injector.webhook;

import io.podtap.injector.webhook.http.Failure;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What the webhook decided and how long it took; any thread. */
final class WebhookCounters {

  private static final long[] BOUNDS_US = {
    500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 250_000, 2_000_000
  };
  private static final double MICROSECONDS = 1e6;

  private final Map<String, LongAdder> decisions = new ConcurrentSkipListMap<>();
  private final LongAdder[] buckets = new LongAdder[BOUNDS_US.length + 1];
  private final LongAdder sumUs = new LongAdder();

  private final Failure failure;

  /**
   * @param failure told of mistakes of this program
   */
  WebhookCounters(Failure failure) {
    this.failure = failure;
    Arrays.setAll(buckets, _ -> new LongAdder());
  }

  /**
   * Counts one review.
   *
   * @param decision one of few words
   */
  void count(String decision, long durationNs) {
    decisions.computeIfAbsent(decision, _ -> new LongAdder()).increment();
    long us = durationNs / 1_000;
    int bucket = 0;
    while (bucket < BOUNDS_US.length && us > BOUNDS_US[bucket]) {
      bucket++;
    }
    buckets[bucket].increment();
    sumUs.add(us);
  }

  /** Tells of a mistake of this program, each kind once, with its stack. */
  void fail(RuntimeException mistake) {
    failure.note("of a review", mistake);
  }

  /** Returns the counters in Prometheus' text format. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append("# TYPE podtap_webhook_reviews_total counter\n");
    decisions.forEach((decision, count) ->
        line(text, "podtap_webhook_reviews_total{decision=\"" + decision + "\"}", count.sum()));
    text.append("# TYPE podtap_webhook_review_seconds histogram\n");
    long total = 0;
    for (int i = 0; i < buckets.length; i++) {
      total += buckets[i].sum();
      String bound =
          i < BOUNDS_US.length
              ? String.format(Locale.ROOT, "%.4f", BOUNDS_US[i] / MICROSECONDS)
              : "+Inf";
      line(text, "podtap_webhook_review_seconds_bucket{le=\"" + bound + "\"}", total);
    }
    text.append("podtap_webhook_review_seconds_sum ")
        .append(String.format(Locale.ROOT, "%.6f", sumUs.sum() / MICROSECONDS))
        .append('\n');
    line(text, "podtap_webhook_review_seconds_count", total);
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
