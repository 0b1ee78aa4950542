/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be undone, last first, once, by whoever comes first: the end of the demo or Ctrl-C.
 *
 * <p>A step is added before it makes anything, and makes nothing once it is closed.
 */
final class Undo implements AutoCloseable {

  private final List<AutoCloseable> steps = new ArrayList<>();
  private boolean done;
  private volatile boolean interrupted;

  synchronized <T extends AutoCloseable> T add(T step) {
    if (done) {
      throw new IllegalStateException("the demo ends");
    }
    steps.add(step);
    return step;
  }

  /** Undoes everything while the demo may still run, which then fails. */
  void interrupt() {
    interrupted = true;
    close();
  }

  boolean isInterrupted() {
    return interrupted;
  }

  @Override
  public synchronized void close() {
    if (done) {
      return;
    }
    done = true;
    for (AutoCloseable step : steps.reversed()) {
      try {
        step.close();
      } catch (Exception e) {
        System.getLogger(Undo.class.getName())
            .log(System.Logger.Level.WARNING, "demo: could not remove everything", e);
      }
    }
  }
}
