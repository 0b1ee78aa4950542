/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import org.jspecify.annotations.Nullable;

/**
 * Heap that objects take, as the 64-bit JDK lays them out with compressed references: rather too
 * much than too little.
 */
public final class HeapSize {

  /** An array without its elements. */
  public static final long ARRAY = 16;

  /** A text without its characters: the object and its array. */
  private static final long TEXT = 24 + ARRAY;

  /** An entry of a linked map with its place in the map's table, twice as large as needed. */
  public static final long MAP_ENTRY = 40 + 16 + 24;

  private HeapSize() {}

  /** Returns the size of an array of so many bytes. */
  public static long bytes(int length) {
    return ARRAY + ((length + 7L) & -8L);
  }

  /** Returns the size of a text of one byte a character, or 0 for null. */
  public static long text(@Nullable String text) {
    return text == null ? 0 : TEXT + ((text.length() + 7L) & -8L);
  }

  /** Returns the size of texts and of their places in a list. */
  public static long texts(Iterable<String> texts) {
    long sum = 0;
    for (String text : texts) {
      sum += text(text) + 8;
    }
    return sum;
  }
}
