/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Measures what code allocates, by the JDK's own counter of the thread. */
public final class Allocation {

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int WARM_RUNS = 20_000;
  private static final int ZEROS_WANTED = 3;

  /** The compiler works in the background, and on a busy machine it waits for its turn. */
  private static final long COMPILER_NS_MAX = TimeUnit.SECONDS.toNanos(30);

  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private Allocation() {}

  /**
   * Returns bytes that {@code rounds} runs of {@code code} allocate once it is compiled: zero when
   * that was measured several times in a row, else what the last measurement that was not zero
   * found. Code that allocates in every run never gets to zero.
   */
  public static long ofWarm(int rounds, Runnable code) {
    run(WARM_RUNS, code);
    long end = System.nanoTime() + COMPILER_NS_MAX;
    long found = 0;
    for (int zeros = 0; zeros < ZEROS_WANTED; ) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      run(rounds, code);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (allocated == 0) {
        zeros++;
        continue;
      }
      found = allocated;
      zeros = 0;
      if (System.nanoTime() > end) {
        return found;
      }
      LockSupport.parkNanos(PAUSE_NS);
    }
    return 0;
  }

  private static void run(int rounds, Runnable code) {
    for (int i = 0; i < rounds; i++) {
      code.run();
    }
  }
}
