/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import io.podtap.core.metrics.Histogram;
import io.podtap.core.metrics.Metric;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has happened on one edge. Guarded by its {@link EdgeSeries}, which asks for room before it
 * adds.
 */
final class EdgeCounts {

  /** Classes of HTTP status by their first digit; 0 without an answer, the last one for others. */
  static final int STATUS_CLASSES = 7;

  /** Response codes that have a name, by their numbers. */
  private static final String[] RCODES = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"
  };

  /** Upper bounds of the buckets of both histograms, nanoseconds. */
  private static final long[] BOUNDS_NS = {
    1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000L
  };

  /** Series of a histogram: the buckets, the one of what is larger, sum and count. */
  private static final int HISTOGRAM_SERIES = BOUNDS_NS.length + 3;

  private static final int BYTE_SERIES = 2;

  /** Characters of the names, of the value and of what stands between, at most. */
  private static final int FIXED_SERIES_BYTES = 260;

  final EdgeKey key;
  private final long[] connections = new long[EdgeOutcome.values().length];
  private long connectionCount;
  private long sourceBytes;
  private long destinationBytes;
  private @Nullable Histogram handshakes;
  private final long[] requests = new long[STATUS_CLASSES];
  private @Nullable Histogram requestDurations;
  private long questions;
  private final long[] answers = new long[RCODES.length + 1];
  private int series;

  // Of the last record: to find out whether who was there is gone.
  long lastNs;
  long sourceHigh;
  long sourceLow;
  long destinationHigh;
  long destinationLow;
  int destinationPort;

  EdgeCounts(EdgeKey key) {
    this.key = key;
  }

  /** Returns what the text of so many series of an edge takes at most. */
  static long bytes(EdgeKey key, int series) {
    return (long) series * (key.length() + FIXED_SERIES_BYTES);
  }

  /** Returns what the series of this edge take at most. */
  long bytes() {
    return bytes(key, series);
  }

  /** Returns how many series more there are after an event. */
  int growth(EdgeEvent event) {
    return switch (event) {
      case EdgeEvent.ConnectionEnded ended ->
          (connectionCount == 0 ? BYTE_SERIES : 0)
              + one(connections[ended.outcome().ordinal()])
              + (ended.handshakeNs() > 0 && handshakes == null ? HISTOGRAM_SERIES : 0);
      case EdgeEvent.RequestSeen seen ->
          one(requests[seen.statusClass()])
              + (seen.durationNs() >= 0 && requestDurations == null ? HISTOGRAM_SERIES : 0);
      case EdgeEvent.QuestionSeen seen ->
          one(questions)
              + (seen.rcode() == EdgeEvent.QuestionSeen.NO_ANSWER
                  ? 0
                  : one(answers[place(seen.rcode())]));
    };
  }

  /** Returns how many series an event has on an edge that is new. */
  static int growthOfNew(EdgeEvent event) {
    return new EdgeCounts(EdgeKey.OTHER).growth(event);
  }

  private static int one(long count) {
    return count == 0 ? 1 : 0;
  }

  private static int place(int rcode) {
    return rcode < RCODES.length ? rcode : RCODES.length;
  }

  /** Counts an event. */
  void add(EdgeEvent event) {
    series += growth(event);
    switch (event) {
      case EdgeEvent.ConnectionEnded ended -> {
        connectionCount++;
        connections[ended.outcome().ordinal()]++;
        sourceBytes += ended.sourceBytes();
        destinationBytes += ended.destinationBytes();
        if (ended.handshakeNs() > 0) {
          handshakes = observe(handshakes, ended.handshakeNs());
        }
      }
      case EdgeEvent.RequestSeen seen -> {
        requests[seen.statusClass()]++;
        if (seen.durationNs() >= 0) {
          requestDurations = observe(requestDurations, seen.durationNs());
        }
      }
      case EdgeEvent.QuestionSeen seen -> {
        questions++;
        if (seen.rcode() != EdgeEvent.QuestionSeen.NO_ANSWER) {
          answers[place(seen.rcode())]++;
        }
      }
    }
  }

  private static Histogram observe(@Nullable Histogram before, long valueNs) {
    Histogram histogram = before == null ? new Histogram(BOUNDS_NS) : before;
    histogram.observe(valueNs);
    return histogram;
  }

  boolean hasConnections() {
    return connectionCount > 0;
  }

  boolean hasHandshakes() {
    return handshakes != null;
  }

  boolean hasRequests() {
    for (long count : requests) {
      if (count > 0) {
        return true;
      }
    }
    return false;
  }

  boolean hasRequestDurations() {
    return requestDurations != null;
  }

  boolean hasQuestions() {
    return questions > 0;
  }

  /** Returns connections of one outcome; no series while there was none. */
  long connections(EdgeOutcome outcome) {
    return present(connections[outcome.ordinal()]);
  }

  long sourceBytes() {
    return sourceBytes;
  }

  long destinationBytes() {
    return destinationBytes;
  }

  Histogram handshakes() {
    return handshakes == null ? new Histogram(BOUNDS_NS) : handshakes;
  }

  /** Returns requests of one class of status. */
  long requests(int statusClass) {
    return present(requests[statusClass]);
  }

  Histogram requestDurations() {
    return requestDurations == null ? new Histogram(BOUNDS_NS) : requestDurations;
  }

  long questions() {
    return questions;
  }

  /** Returns answers by their codes. */
  Map<String, Long> answers() {
    Map<String, Long> named = new TreeMap<>();
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] > 0) {
        named.put(i < RCODES.length ? RCODES[i] : "other", answers[i]);
      }
    }
    return named;
  }

  private static long present(long count) {
    return count == 0 ? Metric.ABSENT : count;
  }
}
