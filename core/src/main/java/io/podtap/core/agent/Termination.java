/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets SIGTERM and SIGINT end a program by its own way out: it is asked to stop, given time to
 * drain, and the process ends with the program's code instead of the virtual machine's 143.
 */
public final class Termination implements AutoCloseable {

  private final CountDownLatch done = new CountDownLatch(1);
  private final Runnable stop;
  private final long drainMsMax;

  /**
   * Failure until the program says otherwise: one that throws on its way out must not look well.
   */
  private volatile int exitCode = 1;

  private Termination(Runnable stop, long drainMsMax) {
    this.stop = stop;
    this.drainMsMax = drainMsMax;
  }

  /**
   * Begins to listen for signals.
   *
   * @param stop asks the program to end; called on a thread of its own
   * @param drainMsMax how long it may take; after that the process ends with code 1
   */
  public static Termination install(Runnable stop, long drainMsMax) {
    Termination termination = new Termination(stop, drainMsMax);
    Thread hook = Threads.unstarted("termination", termination::onShutdown);
    Runtime.getRuntime().addShutdownHook(hook);
    return termination;
  }

  private void onShutdown() {
    if (done.getCount() == 0) {
      return; // the program has ended by itself
    }
    stop.run();
    try {
      if (!done.await(drainMsMax, TimeUnit.MILLISECONDS)) {
        exitCode = 1;
      }
    } catch (InterruptedException e) {
      exitCode = 1;
    }
    Runtime.getRuntime().halt(Threads.isFailed() ? Threads.EXIT_CODE : exitCode);
  }

  /** Sets the code that the process ends with after a signal; 1 when it is never set. */
  public void exitCode(int code) {
    exitCode = code;
  }

  /** Says that the program has drained and closed everything. */
  @Override
  public void close() {
    done.countDown();
  }
}
