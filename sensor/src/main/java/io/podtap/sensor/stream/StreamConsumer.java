/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.packet.Frame;

/**
 * Takes what streams bring, on the thread that calls {@link StreamServer#poll}. What is said in
 * comments is the sender's and not trusted.
 */
public interface StreamConsumer {

  /** A sender has proved who it is; comes before anything else of it. */
  void onOpen(StreamPeer sender);

  /**
   * Takes a comment of a section header; an empty one when the first header had none. Returns why
   * the stream is not wanted, or an empty text.
   */
  String onSection(StreamPeer sender, String comment);

  /** Takes a comment of an interface statistics block. */
  void onStatistics(StreamPeer sender, String comment);

  /**
   * Takes one frame, as it was captured. The view is reused, the bytes stay until {@link
   * #onBatchEnd}.
   */
  void onFrame(StreamPeer sender, Frame frame);

  /** Ends a batch. */
  void onBatchEnd();

  /**
   * A stream has ended; nothing more comes of it.
   *
   * @param problem one line, empty when all was well
   */
  void onClose(StreamPeer sender, StreamEnd end, String problem);
}
