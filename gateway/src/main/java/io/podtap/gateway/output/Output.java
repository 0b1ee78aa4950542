/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.packet.Frame;

/** A way out. Used by the gateway's thread; {@link #summary} by any. */
public interface Output extends AutoCloseable {

  /** Takes a copy of a frame, or counts why not. Never waits. */
  void offer(Frame frame, int sender);

  /** Lets what was offered leave. */
  void publish();

  /** Returns what became of everything so far. */
  OutputSummary summary();

  /** Takes nothing more; what waits still leaves, as long as there is time. */
  void stop();

  /** Returns whether, after {@link #stop}, everything has left. */
  boolean isEnded();

  /** Ends at once; what still waits is counted. */
  @Override
  void close();
}
