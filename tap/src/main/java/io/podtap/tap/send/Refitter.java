/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import java.lang.foreign.MemorySegment;

/** Makes several datagrams out of one that no longer fits the path. The hot thread. */
@FunctionalInterface
public interface Refitter {

  /** Leaves it at that: the datagram is lost, and counted. */
  Refitter NONE = (lane, buffer, offset, length) -> 0;

  /**
   * Sends a datagram's content in smaller ones, each by {@link Lane#sendPiece}, before it returns.
   *
   * @param buffer holds the datagram; the caller's
   * @return how many pieces there were, sent or not; 0 when nothing was done
   */
  int refit(Lane lane, MemorySegment buffer, long offset, int length);
}
