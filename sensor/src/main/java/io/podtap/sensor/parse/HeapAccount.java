/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * Where a parser accounts for the heap that it holds between calls: it takes what it is about to
 * keep and gives back what it lets go. What a parser still holds when its flow ends is given back
 * without its doing. Never refuses: a flow that holds too much is let go when the call has
 * returned. One thread.
 */
public interface HeapAccount {

  /** Notes that {@code bytes} more of heap are held, with the headers of objects and arrays. */
  void take(long bytes);

  /** Notes that {@code bytes} of heap are held no longer. */
  void giveBack(long bytes);
}
