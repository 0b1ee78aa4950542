/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where in the order of a pair of hosts a packet was on the wire. One thread; no allocation. */
final class WireOrder {

  /** Copies that have no times of capture are so late at most. */
  private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Records have times of microseconds. */
  private static final long STEP_NS = 1_000;

  /** Packets looked at for a packet's place. */
  private static final int STEPS_MAX = 512;

  private WireOrder() {}

  /**
   * Returns the packet behind which this one was on the wire, or null when it was first: behind the
   * last of its connection that the same tap has delivered, before all that packets say was later,
   * and there where its time or else its tap's last packet puts it.
   */
  static @Nullable HeldPacket behind(Pair pair, int place, HeldPacket packet) {
    HeldPacket last = pair.last(place);
    HeldPacket behind = pair.tail;
    boolean isBeforeLast = false;
    boolean isLastSeen = false;
    int steps = 0;
    HeldPacket floor = pair.tail;
    while (floor != null && ++steps < STEPS_MAX && !packet.isFollowing(floor)) {
      isLastSeen |= floor == last;
      if (packet.facts.order(floor.facts) < 0) {
        behind = floor.before;
        isBeforeLast = isLastSeen;
      }
      floor = floor.before;
    }
    if (isBeforeLast && floor == null) {
      return behind;
    }
    while (behind != null
        && behind != floor
        && (isBeforeLast || behind != last)
        && packet.facts.order(behind.facts) <= 0
        && !isLater(packet, behind)) {
      behind = behind.before;
    }
    return behind;
  }

  /**
   * Compares times where packets say nothing. What a tap delivers late was not on the wire late,
   * unless it is later than copies may be.
   */
  private static boolean isLater(HeldPacket packet, HeldPacket other) {
    boolean exact =
        (packet.captureTimed && other.captureTimed)
            || !packet.facts.isTcp()
            || !other.facts.isTcp();
    return packet.orderNs - other.orderNs >= (exact ? 0 : LATE_NS);
  }

  /** Lets times grow with the order: what was on the wire before was not captured later. */
  static void smooth(Pair pair, HeldPacket packet) {
    long stepNs = packet.captureTimed ? 0 : STEP_NS;
    if (packet.after != null) {
      packet.orderNs = Math.min(packet.orderNs, packet.after.orderNs - stepNs);
    }
    if (packet.before == null) {
      packet.orderNs = Math.max(packet.orderNs, pair.handedOnNs);
    }
    long limitNs = packet.orderNs;
    for (HeldPacket other = packet.before;
        other != null && other.orderNs > limitNs;
        other = other.before) {
      limitNs -= stepNs;
      other.orderNs = limitNs;
    }
  }
}
