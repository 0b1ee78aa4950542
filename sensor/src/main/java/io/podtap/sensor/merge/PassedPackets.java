/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

/**
 * The last packets that were handed on at once, without being held: what a tap that begins to see
 * the same hosts may deliver again. A ring; one thread.
 */
final class PassedPackets {

  private static final int PACKETS = 1 << 12;

  private final long[] keys = new long[PACKETS];
  private final long[] timesNs = new long[PACKETS];
  private int next;

  void add(long key, long nowNs) {
    keys[next] = key;
    timesNs[next] = nowNs;
    next = (next + 1) & (PACKETS - 1);
  }

  /** Takes out the oldest packet with this key that is not older than {@code sinceNs}. */
  boolean take(long key, long sinceNs) {
    for (int i = 0; i < PACKETS; i++) {
      int at = (next + i) & (PACKETS - 1);
      if (keys[at] == key && timesNs[at] >= sinceNs) {
        keys[at] = 0;
        return true;
      }
    }
    return false;
  }

  /** Returns whether no packet was forgotten that is not older than {@code sinceNs}. */
  boolean reaches(long sinceNs) {
    return timesNs[next] < sinceNs;
  }
}
