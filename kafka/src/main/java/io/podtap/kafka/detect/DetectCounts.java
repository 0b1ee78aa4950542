/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import java.util.concurrent.atomic.AtomicLong;

/** What one instance has counted. Any thread. */
final class DetectCounts {

  private final AtomicLong records = new AtomicLong();
  private final AtomicLong notices = new AtomicLong();
  private final AtomicLong invalid = new AtomicLong();
  private final AtomicLong evicted = new AtomicLong();
  private final AtomicLong said = new AtomicLong();

  /** Counts a record of a sensor. */
  void record() {
    records.incrementAndGet();
  }

  /** Counts a notice; one whose transaction is repeated counts again. */
  void notice() {
    notices.incrementAndGet();
  }

  /** Counts a message that is no record. */
  void invalid() {
    invalid.incrementAndGet();
  }

  /** Counts what detections left out: messages and entries of the state. */
  void lost(long invalidCount, long evictedCount) {
    invalid.addAndGet(invalidCount);
    evicted.addAndGet(evictedCount);
  }

  /** Returns a line about what was lost, or an empty text when nothing was since the last line. */
  String lossLine() {
    long lost = invalid.get() + evicted.get();
    if (said.getAndSet(lost) == lost) {
      return "";
    }
    return invalid
        + " invalid messages left out, "
        + evicted
        + " entries of the state evicted, of "
        + records
        + " records";
  }

  /** Returns a line about everything. */
  String line() {
    return records
        + " records, "
        + notices
        + " notices, "
        + invalid
        + " invalid messages, "
        + evicted
        + " entries of the state evicted";
  }
}
