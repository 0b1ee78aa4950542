/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

import java.util.concurrent.atomic.AtomicLong;

/** The counters of one log and its topic. Any thread. */
final class TopicCounters {

  final String log;
  final String topic;
  final AtomicLong offered = new AtomicLong();
  final AtomicLong delivered = new AtomicLong();
  final AtomicLong dropped = new AtomicLong();
  final AtomicLong failed = new AtomicLong();

  /** How many losses were said already; the sender's own. */
  long reported;

  TopicCounters(String log, String topic) {
    this.log = log;
    this.topic = topic;
  }

  OutboxSummary.Log summary() {
    // What has ended is read first: it never exceeds what was offered.
    long sent = delivered.get();
    long full = dropped.get();
    long lost = failed.get();
    return new OutboxSummary.Log(log, sent, full, lost, offered.get() - sent - full - lost);
  }
}
