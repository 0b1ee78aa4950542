/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Passes on lines that others can cause: some at once, then one in a while; how many were left out
 * is said with the next one. Any thread.
 */
public final class LineLimit implements Consumer<String> {

  private static final int BURST = 20;
  private static final long LINE_NS = TimeUnit.SECONDS.toNanos(5);

  private final Consumer<String> log;
  private int room = BURST;
  private long sinceNs = System.nanoTime();
  private long leftOut;

  /** Makes one in front of {@code log}. */
  public LineLimit(Consumer<String> log) {
    this.log = log;
  }

  @Override
  public synchronized void accept(String line) {
    long earned = (System.nanoTime() - sinceNs) / LINE_NS;
    if (earned > 0) {
      room = (int) Math.min(room + earned, BURST);
      sinceNs += earned * LINE_NS;
    }
    if (room == 0) {
      leftOut++;
      return;
    }
    room--;
    log.accept(leftOut == 0 ? line : line + " (" + leftOut + " such lines were left out)");
    leftOut = 0;
  }
}
