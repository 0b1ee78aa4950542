/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.util.concurrent.TimeUnit;

/**
 * When a loop has turned last. The loop's thread {@link #beat}s now and then, several times a
 * second; any thread asks.
 */
public final class Heartbeat {

  /** A loop that has not turned for so long hangs. */
  private static final long LATE_NS = TimeUnit.SECONDS.toNanos(30);

  private final String loop;
  private volatile long lastNs = System.nanoTime();
  private volatile boolean ended;

  /** Makes one of a loop that is about to turn. */
  public Heartbeat(String loop) {
    this.loop = loop;
  }

  /** Says that the loop turns. */
  public void beat() {
    lastNs = System.nanoTime();
  }

  /** Says that the loop has ended as it should, or drains what is left. */
  public void end() {
    ended = true;
  }

  /** Returns how long the loop has not turned, in words, or an empty text when that is not long. */
  String problem() {
    long silentNs = System.nanoTime() - lastNs;
    return ended || silentNs < LATE_NS
        ? ""
        : loop + " has made no progress for " + silentNs / 1_000_000_000L + " s";
  }
}
