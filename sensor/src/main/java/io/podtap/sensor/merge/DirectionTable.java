/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import org.jspecify.annotations.Nullable;

/**
 * Directions of TCP connections that several taps deliver, each in the place that its key chooses;
 * one that takes another's place starts with nothing known. One thread.
 */
final class DirectionTable {

  /** Followed at a time, and the heap that each takes. */
  private static final int DIRECTIONS_MAX = 1 << 12;

  private static final int DIRECTIONS_MIN = 1 << 4;
  private static final int DIRECTION_BYTES = 704;

  private final @Nullable SentBytes[] directions;

  DirectionTable(long heapBytesMax) {
    long fit = Math.clamp(heapBytesMax / DIRECTION_BYTES, DIRECTIONS_MIN, DIRECTIONS_MAX);
    directions = new SentBytes[(int) Long.highestOneBit(fit)];
  }

  /** Returns what is known of the direction with this key, see {@link PacketIdentity#direction}. */
  SentBytes of(long key) {
    int slot = (int) (key >>> 32) & (directions.length - 1);
    SentBytes sent = directions[slot];
    if (sent == null) {
      sent = new SentBytes();
      directions[slot] = sent;
    }
    sent.of(key);
    return sent;
  }
}
