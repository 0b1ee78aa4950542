/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What to remove at the end, last made first. A shutdown hook closes it, so an interrupt removes
 * everything too.
 */
final class Cleanup implements AutoCloseable {

  private final Deque<AutoCloseable> made = new ArrayDeque<>();
  private boolean isClosed;

  /**
   * Remembers something to close.
   *
   * @throws IllegalStateException when the end has come already; it is closed then
   */
  synchronized <T extends AutoCloseable> T add(T one) {
    if (isClosed) {
      close(one);
      throw new IllegalStateException("interrupted");
    }
    made.push(one);
    return one;
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    while (!made.isEmpty()) {
      close(made.pop());
    }
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private static void close(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) {
      // The rest must be removed all the same.
      System.err.println("bench: " + e.getMessage());
    }
  }
}
