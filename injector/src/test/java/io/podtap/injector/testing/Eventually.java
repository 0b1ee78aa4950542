/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;

/** Waits for what another thread or program does. */
public final class Eventually {

  private static final long SECONDS_MAX = 30;

  private Eventually() {}

  /** What is to become true. */
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** Something that is done, and may fail. */
  public interface Action {
    void run() throws Exception;
  }

  /** Fails when it is not so within half a minute. */
  public static void await(Condition condition) throws Exception {
    await(SECONDS_MAX, condition);
  }

  /** Fails when it is not so within so many seconds. */
  public static void await(long seconds, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.sleep(50);
    }
  }
}
