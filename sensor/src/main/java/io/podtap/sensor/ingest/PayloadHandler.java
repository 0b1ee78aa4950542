/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import java.lang.foreign.MemorySegment;

/**
 * Takes what a socket received. Called on the receive thread; the bytes are the batch's and go back
 * at {@link #onBatchEnd}.
 */
public interface PayloadHandler {

  /**
   * Begins a batch.
   *
   * @param path leads to the sender of the payload at hand, until {@link #onBatchEnd}
   */
  void onBatchBegin(ReplyPath path);

  /**
   * Takes the payload of one or of several joined datagrams of one sender.
   *
   * @param segmentBytes bytes of each joined datagram, 0 for a single one; the last may be shorter
   * @param geneve whether the payload is Geneve, otherwise VXLAN
   * @param sourceHigh upper half of the sender's address
   * @param sourceLow lower half of the sender's address
   * @param receivedNs when the kernel received it, nanoseconds since 1970
   */
  void onPayload(
      MemorySegment segment,
      long offset,
      int length,
      int segmentBytes,
      boolean geneve,
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long receivedNs);

  /** Hears of a datagram that did not fit its slot: it cannot be trusted and goes no further. */
  void onTruncated(int length);

  /** Hears of datagrams that the kernel dropped because the socket's buffer was full. */
  void onOverflow(int count);

  /** Ends a batch: its bytes go back. */
  void onBatchEnd();
}
