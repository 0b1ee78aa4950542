package io.podtap.tap.testing;

import java.lang.management.ManagementFactory;

/** Measures what code allocates, by the JDK's own counter of the thread. */
public final class Allocation {

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  /** Returns bytes that {@code rounds} runs of {@code code} allocate once it is warm. */
  public static long ofWarm(int rounds, Runnable code) {
    for (int i = 0; i < 20_000; i++) {
      code.run();
    }
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 5 && least != 0; attempt++) { // the compiler may come between
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < rounds; i++) {
        code.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
