/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

/**
 * Remembers numbers for a while, in fixed room: when a place is taken four times over, the oldest
 * of the four is forgotten early. One thread.
 */
final class RecentSet {

  private static final int WAYS = 4;
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private final long[] keys;
  private final long[] untilNs;

  /**
   * @param size how many are remembered, a power of two
   */
  RecentSet(int size) {
    keys = new long[size];
    untilNs = new long[size];
  }

  static long mix(long a, long b, long c) {
    long mixed = (a ^ Long.rotateLeft(b, 31)) * MULTIPLIER + c;
    mixed = (mixed ^ (mixed >>> 29)) * MULTIPLIER;
    return mixed ^ (mixed >>> 32);
  }

  /**
   * Adds {@code key} for {@code lifetimeNs}.
   *
   * @return whether it was not there
   */
  boolean add(long key, long nowNs, long lifetimeNs) {
    int from = (int) key & (keys.length - 1) & -WAYS;
    int oldest = from;
    for (int i = from; i < from + WAYS; i++) {
      if (keys[i] == key && untilNs[i] > nowNs) {
        return false;
      }
      if (untilNs[i] < untilNs[oldest]) {
        oldest = i;
      }
    }
    keys[oldest] = key;
    untilNs[oldest] = nowNs + lifetimeNs;
    return true;
  }
}
