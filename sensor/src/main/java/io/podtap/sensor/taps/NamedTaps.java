/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Taps by their indexes: the first so many of an array; what stands behind them is added later. Any
 * thread may read it.
 */
final class NamedTaps {

  private static final int ROOM_MIN = 64;

  private final KnownTap[] taps;
  private final int count;

  private NamedTaps(KnownTap[] taps, int count) {
    this.taps = taps;
    this.count = count;
  }

  static NamedTaps of(List<KnownTap> taps) {
    KnownTap[] sorted = taps.toArray(new KnownTap[Math.max(taps.size(), ROOM_MIN)]);
    Arrays.sort(sorted, 0, taps.size(), Comparator.comparingInt(KnownTap::index));
    return new NamedTaps(sorted, taps.size());
  }

  /**
   * Returns the same with one more.
   *
   * @param tap its index is larger than all others
   */
  NamedTaps plus(KnownTap tap) {
    KnownTap[] larger = count < taps.length ? taps : Arrays.copyOf(taps, 2 * count);
    larger[count] = tap;
    return new NamedTaps(larger, count + 1);
  }

  /** Returns the tap that a sender with this index has turned out to be, or null. */
  @Nullable KnownTap find(int index) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      KnownTap tap = taps[middle];
      if (tap.index() == index) {
        return tap.current();
      }
      if (tap.index() < index) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }
}
