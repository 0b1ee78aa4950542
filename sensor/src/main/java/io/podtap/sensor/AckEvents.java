/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.track.Tracker;
import org.jspecify.annotations.Nullable;

/**
 * Tells detections once a second of packet time how many acknowledgments of TCP there were, and how
 * many were for data that was not seen. One thread.
 */
final class AckEvents {

  private static final long PERIOD_NS = 1_000_000_000L;

  /** Acknowledgments since the last event. */
  private record Row(long acknowledgments, long gaps) {}

  private final LogStream<Row> target;
  private final Tracker tracker;
  private long nextNs = Long.MIN_VALUE;
  private long acknowledgments;
  private long gaps;

  private AckEvents(LogStream<Row> target, Tracker tracker) {
    this.target = target;
    this.tracker = tracker;
  }

  /** Returns null where no detection wants to know. */
  static @Nullable AckEvents of(LogSink sink, Tracker tracker) {
    LogStream<Row> wanted =
        sink.events(
            LogSchema.<Row>named("tcp_acks", "Events for detections.")
                .count("acks", "Acknowledgments of new data.", Row::acknowledgments)
                .count("gaps", "How many of them were for data not seen.", Row::gaps)
                .build());
    return wanted == null ? null : new AckEvents(wanted, tracker);
  }

  /** Lets time pass, nanoseconds since 1970. */
  void advance(long timeNs) {
    if (timeNs >= nextNs) {
      nextNs = timeNs + PERIOD_NS;
      tell();
    }
  }

  /** Tells what has not been told. */
  void tell() {
    long ackNow = tracker.acknowledgments();
    long gapNow = tracker.gapAcknowledgments();
    target.write(new Row(ackNow - acknowledgments, gapNow - gaps));
    acknowledgments = ackNow;
    gaps = gapNow;
  }
}
