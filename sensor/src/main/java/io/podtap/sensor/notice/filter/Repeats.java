/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.filter;

import org.jspecify.annotations.Nullable;

/**
 * What was looked at within the last minute, so that a detection whose answer would be the same
 * again need not look. It remembers the latest of what falls on one of its places, exactly; what it
 * has forgotten is looked at once more. One thread.
 */
public final class Repeats {

  private static final long AGE_NS_STANDARD = 60_000_000_000L;

  /** A power of two. */
  private static final int PLACES = 1 << 10;

  private final long ageNsMax;
  private final @Nullable String[] firsts = new String[PLACES];
  private final @Nullable String[] seconds = new String[PLACES];
  private final long[] numbers = new long[PLACES];
  private final long[] sinceNs = new long[PLACES];

  /** Remembers for a minute. */
  public Repeats() {
    this(AGE_NS_STANDARD);
  }

  /**
   * Remembers for a minute, or for less.
   *
   * @param ageNsMax for how long at most, nanoseconds
   */
  public Repeats(long ageNsMax) {
    this.ageNsMax = Math.min(ageNsMax, AGE_NS_STANDARD);
  }

  /**
   * Returns whether the same three were asked for within that time; where they were not, it begins.
   */
  public boolean isRepeated(String first, String second, long number, long nowNs) {
    int hash = (31 * first.hashCode() + second.hashCode()) * 31 + Long.hashCode(number);
    int at = (hash ^ hash >>> 15) & (PLACES - 1);
    long age = nowNs - sinceNs[at];
    if (numbers[at] == number
        && age >= 0
        && age < ageNsMax
        && first.equals(firsts[at])
        && second.equals(seconds[at])) {
      return true;
    }
    firsts[at] = first;
    seconds[at] = second;
    numbers[at] = number;
    sinceNs[at] = nowNs;
    return false;
  }
}
