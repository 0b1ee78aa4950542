/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

/**
 * How late taps deliver, where frames have no capture times: a tap that had no CPU for a while is
 * silent, and then delivers what it has captured meanwhile; one that has too little is late all the
 * time. Taps by index, in as many slots; taps that share a slot look less late than they are. One
 * thread; no allocation.
 */
final class TapDelays {

  private static final int SLOTS = 1 << 10;

  private final long[] heardNs = new long[SLOTS];

  /** Begin and end of the last silence. */
  private final long[] silentNs = new long[SLOTS];

  private final long[] resumedNs = new long[SLOTS];

  /** Between the first copy of the last packet that the tap delivered as well, and its own. */
  private final long[] delayNs = new long[SLOTS];

  private static int slot(int tap) {
    return tap & (SLOTS - 1);
  }

  /** Takes a frame of any hosts. */
  void onFrame(int tap, long nowNs) {
    int slot = slot(tap);
    if (nowNs - heardNs[slot] >= TapMerge.COPY_NS) {
      silentNs[slot] = heardNs[slot] == 0 ? nowNs : heardNs[slot];
      resumedNs[slot] = nowNs;
    }
    heardNs[slot] = nowNs;
  }

  /** Takes a copy that came so long after that of the first tap. */
  void onCopy(int firstTap, int tap, long afterNs) {
    delayNs[slot(firstTap)] = 0;
    delayNs[slot(tap)] = afterNs;
  }

  /**
   * Returns whether a tap may deliver only now what another one delivered at {@code firstNs}: it
   * was silent then and has just resumed, or it was as late with its last copy.
   */
  boolean isLate(int tap, long firstNs, long nowNs) {
    int slot = slot(tap);
    boolean wasSilent = firstNs >= silentNs[slot] && firstNs <= resumedNs[slot];
    return (wasSilent && nowNs - resumedNs[slot] <= TapMerge.COPY_NS)
        || Math.abs(nowNs - firstNs - delayNs[slot]) <= TapMerge.COPY_NS;
  }
}
