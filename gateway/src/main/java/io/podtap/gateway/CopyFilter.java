/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.sensor.merge.TapMerge;
import java.util.SplittableRandom;

/**
 * Hands on one copy of each IP packet that several taps deliver, the union of what they delivered
 * ({@link TapMerge}). Frames without an IP header pass as they come. Packets of hosts that more
 * than one tap sees are held for 200 ms, so that what one tap has lost takes its place. The
 * gateway's thread; no allocation for a frame.
 */
final class CopyFilter implements FrameHandler, AutoCloseable {

  /** Part of the heap that tables of packets and hosts may take. */
  private static final int HEAP_SHARE = 8;

  private final FrameHandler next;
  private final TapMerge merge;
  private final Headers headers = new Headers();

  /**
   * @param bytesMax memory outside the heap for frames that are held
   * @param next takes frames whose bytes are valid during the call
   */
  CopyFilter(long bytesMax, FrameHandler next) {
    this.next = next;
    merge =
        new TapMerge(
            bytesMax,
            Runtime.getRuntime().maxMemory() / HEAP_SHARE,
            new SplittableRandom().nextLong(),
            (frame, _, _, _) -> next.onFrame(frame));
  }

  @Override
  public void onFrame(Frame frame) {
    merge.advance(frame.receivedNs());
    headers.locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    if (!merge.take(frame, headers)) {
      next.onFrame(frame);
    }
  }

  @Override
  public void onBatchEnd() {
    next.onBatchEnd();
  }

  /** Hands on what was held for long enough. */
  void advance(long nowNs) {
    if (merge.isHolding()) {
      merge.advance(nowNs);
      next.onBatchEnd();
    }
  }

  /** Returns whether frames wait for their time. */
  boolean isHolding() {
    return merge.isHolding();
  }

  /** Returns what was counted so far. */
  MergeCounts counts() {
    return merge.counts();
  }

  /** Hands on all that is held. */
  @Override
  public void close() {
    merge.close();
    next.onBatchEnd();
  }
}
