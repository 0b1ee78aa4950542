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

  /** Followed at a time. */
  private static final int DIRECTIONS = 1 << 12;

  private final @Nullable SentBytes[] directions = new SentBytes[DIRECTIONS];

  /** Returns what is known of the direction with this key, see {@link PacketIdentity#direction}. */
  SentBytes of(long key) {
    int slot = (int) (key >>> 32) & (DIRECTIONS - 1);
    SentBytes sent = directions[slot];
    if (sent == null) {
      sent = new SentBytes();
      directions[slot] = sent;
    }
    sent.of(key);
    return sent;
  }
}
