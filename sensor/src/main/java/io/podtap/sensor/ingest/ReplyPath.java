/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import java.lang.foreign.MemorySegment;

/** The way back to the sender of the datagram that is being handled. The receive thread. */
@FunctionalInterface
public interface ReplyPath {

  /** Leads nowhere. */
  ReplyPath NONE = (segment, offset, length) -> false;

  /**
   * Sends one datagram from the address and port that the present one was sent to; never blocks.
   *
   * @param segment native memory, the caller's
   * @return whether the kernel took it
   */
  boolean reply(MemorySegment segment, long offset, int length);
}
