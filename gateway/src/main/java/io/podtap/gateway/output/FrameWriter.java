/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.pcap.FrameQueue;

/** Empties a queue into whatever it is an output to. Its thread's, and counts what it does. */
interface FrameWriter {

  /**
   * Takes some frames out of the queue; may wait for who reads.
   *
   * @return frames taken; 0 when there are none, {@link io.podtap.core.capture.FrameSource#END}
   *     when there never will be
   */
  int write(FrameQueue queue);

  /** Does what has to be done now and then; a few times a second. */
  default void maintain(long nowNs) {}

  /** Returns whether nothing can be written any more: what comes is only counted. Any thread. */
  default boolean isOver() {
    return false;
  }

  /** Returns why nothing leaves, or an empty text. Any thread. */
  default String problem() {
    return "";
  }

  /** Ends a wait within {@link #write}. Any thread. */
  default void interrupt() {}

  /** Lets go of everything, after the last frame. */
  void close();
}
