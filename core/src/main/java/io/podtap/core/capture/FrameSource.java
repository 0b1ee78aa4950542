/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.capture;

import io.podtap.core.packet.FrameHandler;

/** Where frames come from: a packet ring, a capture file. One thread. */
public interface FrameSource extends AutoCloseable {

  /**
   * Hands at most one batch (a ring block, some frames of a file) to {@code handler}, ending with
   * {@code onBatchEnd}; never blocks.
   *
   * @return frames handed over; 0 when none is ready, {@link #END} when none will ever come
   */
  int poll(FrameHandler handler);

  /** What {@link #poll} returns when the source has ended. */
  int END = -1;

  @Override
  void close();
}
