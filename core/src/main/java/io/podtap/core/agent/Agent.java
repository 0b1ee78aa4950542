/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

/** A loop's body. Run by one thread at a time. */
public interface Agent {

  /**
   * Does a bounded amount of work without blocking.
   *
   * @param nowNs the time of this cycle, nanoseconds since 1970, read once by the runner
   * @return how much was done; 0 lets the runner wait
   */
  int doWork(long nowNs);

  /**
   * Ends the work: drains what is left and closes what this agent owns. Called once, by the
   * runner's thread.
   */
  void onClose();

  /** Returns a short name for threads and messages. */
  String role();
}
