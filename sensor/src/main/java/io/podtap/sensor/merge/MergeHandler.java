/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import io.podtap.core.packet.Frame;

/** Takes one copy of each packet of hosts that several taps see, in order. */
@FunctionalInterface
public interface MergeHandler {

  /**
   * Takes a packet that was held.
   *
   * @param frame its bytes are valid during the call; its interface is the tap's that was first to
   *     deliver it
   * @param others which other taps have delivered it
   * @param otherCount how many those are
   * @param shared whether more than one tap sees what these hosts send
   */
  void onMerged(Frame frame, int[] others, int otherCount, boolean shared);

  /**
   * Learns that a tap has delivered a packet which was handed on before this copy came.
   *
   * @param frame the copy, on which the headers given to {@link TapMerge#take} stand
   * @param soleTap the tap that had delivered the packet alone, as {@link #onMerged} was told, or
   *     {@link TapMerge#NO_TAP}
   */
  default void onLateCopy(Frame frame, int soleTap) {}
}
