/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Lanes by outer source address, source port and VNI: a hash table with open addressing, twice as
 * large as it may be full. Its hashes begin with a number drawn at random, so that nobody can
 * choose senders that fall on one place. One thread.
 */
final class LaneIndex {

  private final long seed = new SplittableRandom().nextLong();
  private final @Nullable ReceivedLane[] slots;
  private final int mask;

  /**
   * @param lanesMax a power of two
   */
  LaneIndex(int lanesMax) {
    slots = new ReceivedLane[2 * lanesMax];
    mask = slots.length - 1;
  }

  @Nullable ReceivedLane find(long high, long low, int port, int vni) {
    int slot = slot(high, low, port, vni);
    ReceivedLane lane = slots[slot];
    while (lane != null && !lane.matches(high, low, port, vni)) {
      slot = (slot + 1) & mask;
      lane = slots[slot];
    }
    return lane;
  }

  /** Adds a lane that is not there. */
  void add(ReceivedLane lane) {
    int slot = slot(lane.addressHigh, lane.addressLow, lane.port, lane.vni);
    while (slots[slot] != null) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = lane;
  }

  /** Puts {@code next} into the place of {@code lane}, which has the same source. */
  void replace(ReceivedLane lane, ReceivedLane next) {
    int slot = slot(lane.addressHigh, lane.addressLow, lane.port, lane.vni);
    for (ReceivedLane present = slots[slot]; present != null; present = slots[slot]) {
      if (present == lane) {
        slots[slot] = next;
        return;
      }
      slot = (slot + 1) & mask;
    }
  }

  void clear() {
    Arrays.fill(slots, null);
  }

  private int slot(long high, long low, int port, int vni) {
    long hash = mix(high ^ seed);
    hash = mix(hash ^ low);
    return (int) (mix(hash ^ ((long) vni << 16 | port)) >>> 40) & mask;
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 31)) * 0x9E37_79B9_7F4A_7C15L;
    return (mixed ^ (mixed >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
  }
}
