/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.command;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.Program;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * {@code podtap hold}: what an ephemeral container does while captures run in it. It ends with its
 * standard input, so with whoever holds that; and after a minute in which nobody took hold of it.
 */
@Command(
    name = "hold",
    hidden = true,
    description = "Wait for the end of standard input: keeps a container while captures run in it.")
public final class HoldCommand implements Program {

  private static final long PATIENCE_S = 60;

  private final InputStream in;
  private final long patienceMs;

  /** For the command line. */
  public HoldCommand() {
    this(System.in, TimeUnit.SECONDS.toMillis(PATIENCE_S));
  }

  HoldCommand(InputStream in, long patienceMs) {
    this.in = in;
    this.patienceMs = patienceMs;
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Threads.start("input", () -> read(begun, ended));
    if (begun.await(patienceMs, TimeUnit.MILLISECONDS)) {
      ended.await();
    }
    return 0;
  }

  private void read(CountDownLatch begun, CountDownLatch ended) {
    try {
      while (in.read() >= 0) {
        begun.countDown();
      }
    } catch (IOException e) {
      // an input that breaks has ended too
    } finally {
      begun.countDown();
      ended.countDown();
    }
  }
}
