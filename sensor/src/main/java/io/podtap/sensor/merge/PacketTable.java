/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import org.jspecify.annotations.Nullable;

/**
 * Packets that are held or remembered, by their keys. Adding and removing cost the same however
 * many packets share a key. One thread; no allocation.
 */
final class PacketTable {

  private static final int BUCKETS = 1 << 14;
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private final @Nullable HeldPacket[] buckets = new HeldPacket[BUCKETS];
  private final long seed;

  /**
   * @param seed makes places unforeseeable to whoever sends packets
   */
  PacketTable(long seed) {
    this.seed = seed;
  }

  private int bucket(long key) {
    return (int) (((key ^ seed) * MULTIPLIER) >>> 32) & (BUCKETS - 1);
  }

  /** Returns the youngest packet in the place of a key; the others follow it. */
  @Nullable HeldPacket first(long key) {
    return buckets[bucket(key)];
  }

  void add(HeldPacket packet) {
    int bucket = bucket(packet.facts.key);
    HeldPacket next = buckets[bucket];
    packet.chained = next;
    packet.chainedBefore = null;
    if (next != null) {
      next.chainedBefore = packet;
    }
    buckets[bucket] = packet;
  }

  void remove(HeldPacket packet) {
    HeldPacket before = packet.chainedBefore;
    HeldPacket next = packet.chained;
    if (before == null) {
      buckets[bucket(packet.facts.key)] = next;
    } else {
      before.chained = next;
    }
    if (next != null) {
      next.chainedBefore = before;
    }
    packet.chainedBefore = null;
    packet.chained = null;
  }
}
