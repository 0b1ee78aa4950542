/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.pcap.BlockQueue;
import io.podtap.core.pcap.FrameQueue;
import io.podtap.core.pcap.PacketBlock;

/**
 * The blocks of a queue that are written next, in one piece. A view, moved from run to run; one
 * thread.
 */
final class BlockRun {

  /** A run is not much longer: so much is at stake when a write fails. */
  private static final int BYTES_MAX = 128 << 10;

  private long from;
  private long to;
  private int frames;
  private long frameBytes;

  /**
   * Moves to the oldest blocks.
   *
   * @return frames in them; 0 when there are none, {@link FrameSource#END} when none will come
   */
  int next(FrameQueue queue) {
    boolean ended = queue.isEnded();
    BlockQueue blocks = queue.blocks();
    from = blocks.next(blocks.head());
    to = from;
    frames = 0;
    frameBytes = 0;
    long end = Math.min(blocks.runEnd(from), from + BYTES_MAX);
    while (to < end) {
      frames++;
      frameBytes += PacketBlock.capturedLength(blocks.memory(), blocks.at(to));
      to = blocks.blockEnd(to);
    }
    return frames == 0 && ended && queue.isEmpty() ? FrameSource.END : frames;
  }

  /** Returns the position of the first block. */
  long from() {
    return from;
  }

  /** Returns the position behind the last block. */
  long to() {
    return to;
  }

  int frames() {
    return frames;
  }

  /** Returns bytes of the frames alone. */
  long frameBytes() {
    return frameBytes;
  }
}
