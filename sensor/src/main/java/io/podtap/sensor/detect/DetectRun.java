/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.core.agent.Health;
import io.podtap.core.metrics.MetricGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What the program and its engine share: the counts, readiness, and the end. Any thread. */
public final class DetectRun {

  /** Every number of the program, declared. */
  public static final MetricGroup<DetectRun> METRICS =
      MetricGroup.<DetectRun>of("podtap_detect_", "detections behind a broker", "")
          .counter("records", "Records that were read.", run -> run.records.get())
          .counter(
              "notices",
              "Notices, counted again when their transaction is repeated.",
              run -> run.notices.get())
          .counter(
              "invalid_messages",
              "Messages that are no record, and entries of the state of another version.",
              run -> run.invalid.get())
          .counter(
              "evicted_entries",
              "Entries of the state that were evicted because a table was full.",
              run -> run.evicted.get())
          .gauge("tasks", "Partitions whose detections run here.", run -> run.tasks.get())
          .build();

  private final AtomicLong records = new AtomicLong();
  private final AtomicLong notices = new AtomicLong();
  private final AtomicLong invalid = new AtomicLong();
  private final AtomicLong evicted = new AtomicLong();
  private final AtomicLong tasks = new AtomicLong();
  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile String problem = "not connected to Kafka yet";

  /** Counts a record. */
  public void record() {
    records.incrementAndGet();
  }

  /** Counts a notice. */
  public void notice() {
    notices.incrementAndGet();
  }

  /** Counts a message that is no record. */
  public void invalid() {
    invalid.incrementAndGet();
  }

  /** Counts what detections left out: messages and entries of the state, and what was evicted. */
  public void lost(long invalidCount, long evictedCount) {
    invalid.addAndGet(invalidCount);
    evicted.addAndGet(evictedCount);
  }

  /** Counts a partition that comes here, or that leaves. */
  public void tasks(int difference) {
    tasks.addAndGet(difference);
  }

  /** Returns how much was lost so far, of messages and of state. */
  public long losses() {
    return invalid.get() + evicted.get();
  }

  /** Returns what was lost in words. */
  public String lossLine() {
    return invalid
        + " invalid messages left out, "
        + evicted
        + " entries of the state evicted, of "
        + records
        + " records";
  }

  /** Returns a line about everything. */
  public String line() {
    return records
        + " records, "
        + notices
        + " notices, "
        + invalid
        + " invalid messages, "
        + evicted
        + " entries of the state evicted";
  }

  /**
   * Says whether records are processed.
   *
   * @param problem why they are not, in one line, or an empty text
   */
  public void problem(String problem) {
    this.problem = problem;
  }

  /** Returns what {@code /live} and {@code /ready} say. */
  Health health() {
    return new Health().condition(() -> problem);
  }

  /** Asks the program to end. */
  public void stop() {
    ending.countDown();
  }

  /** Returns whether the program is to end, after so many seconds at most. */
  public boolean isEnding(long seconds) throws InterruptedException {
    return ending.await(seconds, TimeUnit.SECONDS);
  }
}
