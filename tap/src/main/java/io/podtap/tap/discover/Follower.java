/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

/** One way to find sensors. One thread; {@link #close} from any. */
interface Follower extends AutoCloseable {

  /**
   * Asks, and stays with the answer as long as it says something new. May wait.
   *
   * @return milliseconds until the next step
   */
  long step();

  /** Ends a step that waits for the network, where that is possible. */
  @Override
  void close();
}
