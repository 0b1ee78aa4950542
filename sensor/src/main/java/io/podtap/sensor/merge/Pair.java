/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two hosts, which taps see what they send each other, and what of it is held, in order. */
final class Pair {

  /** Taps of one pair that are told apart. */
  static final int TAPS_MAX = 8;

  /**
   * Of all taps beyond {@link #TAPS_MAX}: what they deliver is merged like that of the others, but
   * a packet that one of them has seen twice counts once.
   */
  static final int SHARED_PLACE = TAPS_MAX;

  /** A tap that has delivered nothing for so long gives its place to another one. */
  private static final long PLACE_NS = TimeUnit.SECONDS.toNanos(10);

  /** Not yet known whether more than one tap sees it. */
  static final int NEW = 0;

  /** One tap alone sees it. */
  static final int SINGLE = 1;

  static final int SHARED = 2;

  /** Of both addresses; 0 for a place that is free. */
  long key;

  int state;
  private final int[] taps = new int[TAPS_MAX];
  private final long[] heardNs = new long[TAPS_MAX];
  private final @Nullable HeldPacket[] last = new HeldPacket[TAPS_MAX + 1];
  private int tapCount;

  /** When and how often packets came, by the receiver's clock. */
  long firstNs;

  long lastNs;
  int packets;

  /** Which tap delivered last, and since when no other one has. */
  int lastTap;

  long changedNs;

  /** Until when a tap that comes late to a pair is not listened to. */
  long joinNs;

  /** How far the receiver's clock is ahead of the first tap's: records are in that one's time. */
  long offsetNs;

  /** Time of the last packet that was handed on. */
  long handedOnNs;

  @Nullable HeldPacket head;
  @Nullable HeldPacket tail;

  /** Begins with a packet of a pair that was not known, or not heard for long. */
  void begin(long pairKey, int tap, long nowNs) {
    key = pairKey;
    state = NEW;
    tapCount = 1;
    taps[0] = tap;
    heardNs[0] = nowNs;
    firstNs = nowNs;
    lastNs = nowNs;
    packets = 0;
    lastTap = tap;
    changedNs = nowNs;
    joinNs = 0;
    offsetNs = 0;
    handedOnNs = 0;
  }

  /** Returns the place of a tap, which may be new, or {@link #SHARED_PLACE}. */
  int place(int tap, long nowNs) {
    for (int i = 0; i < tapCount; i++) {
      if (taps[i] == tap) {
        heardNs[i] = nowNs;
        return i;
      }
    }
    int place = tapCount < TAPS_MAX ? tapCount++ : silent(nowNs);
    if (place != SHARED_PLACE) {
      taps[place] = tap;
      heardNs[place] = nowNs;
    }
    return place;
  }

  private int silent(long nowNs) {
    for (int i = 0; i < TAPS_MAX; i++) {
      if (nowNs - heardNs[i] > PLACE_NS) {
        return i;
      }
    }
    return SHARED_PLACE;
  }

  /** Returns the tap in a place. */
  int tap(int place) {
    return taps[place];
  }

  int tapCount() {
    return tapCount;
  }

  /** Returns the last packet that the tap in this place has delivered, if it is still held. */
  @Nullable HeldPacket last(int place) {
    return last[place];
  }

  void last(int place, HeldPacket packet) {
    last[place] = packet.chunk == null ? null : packet;
  }

  /** Puts a packet behind another one, or first. */
  void insert(HeldPacket packet, @Nullable HeldPacket behind) {
    HeldPacket follower = behind == null ? head : behind.after;
    packet.before = behind;
    packet.after = follower;
    if (behind == null) {
      head = packet;
    } else {
      behind.after = packet;
    }
    if (follower == null) {
      tail = packet;
    } else {
      follower.before = packet;
    }
  }

  /** Takes the first packet out. */
  void removeHead(HeldPacket first) {
    head = first.after;
    if (head == null) {
      tail = null;
    } else {
      head.before = null;
    }
    first.after = null;
    first.before = null;
    for (int i = 0; i <= TAPS_MAX; i++) {
      if (last[i] == first) {
        last[i] = null;
      }
    }
  }
}
