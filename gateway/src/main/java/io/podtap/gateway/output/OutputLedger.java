/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What became of the frames of one output: {@code offered = written + failed + waiting}, always.
 * The gateway's thread offers; outputs' threads count what becomes of it, a batch at a time.
 */
public final class OutputLedger {

  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLongArray failed = new AtomicLongArray(OutputFailure.values().length);

  /** Counts frames that were offered. */
  public void offer(long frames) {
    offered.setRelease(offered.getPlain() + frames);
  }

  /** Counts frames that have left, and their bytes. */
  public void write(long frames, long frameBytes) {
    written.addAndGet(frames);
    bytes.addAndGet(frameBytes);
  }

  /** Counts frames that will never leave. */
  public void fail(OutputFailure cause, long frames) {
    failed.addAndGet(cause.ordinal(), frames);
  }

  /** Returns frames that were offered. */
  public long offered() {
    return offered.get();
  }

  /** Returns frames that have left. */
  public long written() {
    return written.get();
  }

  /** Returns bytes of the frames that have left. */
  public long bytes() {
    return bytes.get();
  }

  /** Returns frames that will never leave, by cause; causes that never were are left out. */
  public Map<String, Long> failed() {
    Map<String, Long> causes = new TreeMap<>();
    for (OutputFailure cause : OutputFailure.values()) {
      long frames = failed.get(cause.ordinal());
      if (frames > 0) {
        causes.put(cause.label(), frames);
      }
    }
    return causes;
  }

  /** Returns frames that will never leave. */
  public long failedTotal() {
    long sum = 0;
    for (int i = 0; i < failed.length(); i++) {
      sum += failed.get(i);
    }
    return sum;
  }

  /** Returns frames in the queue; never below zero, though counts move while this asks. */
  public long waiting() {
    long settled = written() + failedTotal();
    return Math.max(offered() - settled, 0);
  }
}
