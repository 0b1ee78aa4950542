/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.util.Arrays;

/** Unique ids of the tunnels that a flow's packets came through: 128 bits each, in two halves. */
final class ParentTunnels {

  static final long[] NONE = new long[0];

  /** Of one flow, at most. */
  private static final int TUNNELS_MAX = 8;

  private ParentTunnels() {}

  /** Returns {@code ids} with one more, or itself where it has that one already or is full. */
  static long[] with(long[] ids, long high, long low) {
    for (int i = 0; i < ids.length; i += 2) {
      if (ids[i + 1] == low && ids[i] == high) {
        return ids;
      }
    }
    if (ids.length == 2 * TUNNELS_MAX) {
      return ids;
    }
    long[] more = Arrays.copyOf(ids, ids.length + 2);
    more[ids.length] = high;
    more[ids.length + 1] = low;
    return more;
  }
}
