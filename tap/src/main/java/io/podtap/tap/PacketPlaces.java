/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import java.lang.foreign.MemorySegment;

/** Gives the packets of a frame their places, in order. The hot thread; no allocation. */
public interface PacketPlaces {

  /** {@link #place} has none, and has counted why. */
  long NO_PLACE = -1;

  /** Returns the memory that {@link #place} gives places in; the same for all of a frame. */
  MemorySegment buffer();

  /**
   * Gives the frame's next packet its place. The caller writes exactly {@code length} bytes there.
   *
   * @param length of link-layer header and packet
   * @param originalLength of both before anything was cut off
   * @param whole whether the packet was not cut short by the tap
   * @return where in {@link #buffer}, or {@link #NO_PLACE}
   */
  long place(int length, int originalLength, boolean whole);
}
