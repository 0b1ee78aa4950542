/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that many may hold together. Any thread. */
public final class MemoryBudget {

  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param bytesMax what all may hold at a time
   */
  public MemoryBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes bytes, or none and returns false when they are not left. */
  public boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  /** Gives back what {@link #take} gave. */
  public void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** Returns how many bytes are held. */
  public long taken() {
    return taken.get();
  }

  public long bytesMax() {
    return bytesMax;
  }
}
