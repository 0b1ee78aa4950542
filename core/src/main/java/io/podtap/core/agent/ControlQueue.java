/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commands from any thread to the one that runs an agent. Bounded: a full queue refuses and counts.
 */
public final class ControlQueue {

  private final ArrayBlockingQueue<Runnable> commands;
  private final AtomicLong refused = new AtomicLong();

  /** Makes a queue that holds {@code capacity} commands. */
  public ControlQueue(int capacity) {
    commands = new ArrayBlockingQueue<>(capacity);
  }

  /** Hands over a command; false when the queue is full. Any thread. */
  public boolean offer(Runnable command) {
    boolean accepted = commands.offer(command);
    if (!accepted) {
      refused.incrementAndGet();
    }
    return accepted;
  }

  /** Runs what waits, on the agent's thread; returns how many commands that were. */
  public int drain() {
    int count = 0;
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      command.run();
      count++;
    }
    return count;
  }

  /** Returns how many commands were refused. */
  public long refused() {
    return refused.get();
  }
}
