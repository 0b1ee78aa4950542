/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.util.Arrays;

/**
 * Pieces of a stream that came before the piece in front of them: disjoint, ascending, at most
 * {@value #COUNT_MAX}. Memory is taken at the first use and kept.
 */
public final class Ranges {

  /** Pieces kept; more than that merge into the last one. */
  static final int COUNT_MAX = 256;

  private static final long[] NONE = new long[0];

  /** Pairs of first and one past the last. */
  private long[] bounds = NONE;

  private int count;

  Ranges() {}

  /** Forgets every piece. */
  public void clear() {
    count = 0;
    if (bounds.length > 32) {
      bounds = NONE;
    }
  }

  /** Returns whether there is no piece. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** Returns where the first piece begins. */
  public long first() {
    return bounds[0];
  }

  /** Returns one past the first piece. */
  public long firstEnd() {
    return bounds[1];
  }

  /** Returns how many bytes the pieces are together. */
  public long bytes() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += bounds[2 * i + 1] - bounds[2 * i];
    }
    return sum;
  }

  /** Forgets the first piece. */
  public void removeFirst() {
    count--;
    System.arraycopy(bounds, 2, bounds, 0, 2 * count);
  }

  /** Adds a piece; what it touches or overlaps becomes one with it. */
  public void add(long from, long to) {
    int at = count;
    while (at > 0 && bounds[2 * at - 2] > from) {
      at--;
    }
    if (at > 0 && bounds[2 * at - 1] >= from) {
      at--;
      bounds[2 * at + 1] = Math.max(bounds[2 * at + 1], to);
    } else if (count == COUNT_MAX) {
      bounds[2 * count - 1] = Math.max(bounds[2 * count - 1], to);
      return;
    } else {
      insert(at, from, to);
    }
    mergeFrom(at);
  }

  private void insert(int at, long from, long to) {
    if (2 * count == bounds.length) {
      bounds = Arrays.copyOf(bounds, Math.max(8, 2 * bounds.length));
    }
    System.arraycopy(bounds, 2 * at, bounds, 2 * at + 2, 2 * (count - at));
    bounds[2 * at] = from;
    bounds[2 * at + 1] = to;
    count++;
  }

  private void mergeFrom(int at) {
    while (at + 1 < count && bounds[2 * at + 2] <= bounds[2 * at + 1]) {
      bounds[2 * at + 1] = Math.max(bounds[2 * at + 1], bounds[2 * at + 3]);
      System.arraycopy(bounds, 2 * at + 4, bounds, 2 * at + 2, 2 * (count - at - 2));
      count--;
    }
  }
}
