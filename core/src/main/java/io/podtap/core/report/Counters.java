/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Named counters, one for each constant of an enum. Written by one thread; allocates nothing.
 *
 * @param <E> the names
 */
@SuppressWarnings("EnumOrdinal") // the index of an array within this process, never stored
public final class Counters<E extends Enum<E>> {

  private final E[] names;
  private final long[] counts;

  /** Makes a counter for every constant of {@code type}, each zero. */
  public Counters(Class<E> type) {
    names = type.getEnumConstants();
    counts = new long[names.length];
  }

  /** Adds one. */
  public void add(E name) {
    counts[name.ordinal()]++;
  }

  /** Adds {@code amount}. */
  public void add(E name, long amount) {
    counts[name.ordinal()] += amount;
  }

  /** Returns one counter. */
  public long get(E name) {
    return counts[name.ordinal()];
  }

  /** Returns the sum of all. */
  public long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /** Returns a copy of the counters that are not zero, in the order of the names. */
  public Map<E, Long> toMap() {
    Map<E, Long> map = new EnumMap<>(names[0].getDeclaringClass());
    for (E name : names) {
      if (counts[name.ordinal()] != 0) {
        map.put(name, counts[name.ordinal()]);
      }
    }
    return map;
  }

  /** Returns the same by the names that texts have: those of the constants in lower case. */
  public Map<String, Long> toNamedMap() {
    Map<String, Long> map = new LinkedHashMap<>();
    toMap().forEach((name, count) -> map.put(name.name().toLowerCase(Locale.ROOT), count));
    return map;
  }
}
