/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

/** Takes frames from a source, batch by batch, on the source's thread. */
public interface FrameHandler {

  /**
   * Takes one frame. The view is reused for the next frame; the bytes stay where they are until
   * {@link #onBatchEnd} has returned.
   */
  void onFrame(Frame frame);

  /** Ends a batch: after this call the bytes of its frames go back to their owner. */
  void onBatchEnd();
}
