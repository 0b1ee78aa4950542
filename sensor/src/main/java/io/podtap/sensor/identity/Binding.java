/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import org.jspecify.annotations.Nullable;

/** One interval in which somebody had an address or a port of it. Owned by {@link Bindings}. */
public final class Binding {

  /** End of what has not ended, and beginning of what has always been. */
  static final long OPEN = Long.MAX_VALUE;

  private static final long OBJECT_BYTES = 56;
  private static final long ENTRY_BYTES = 48 + 40; // of the map, with its key

  final Place place;
  final Source source;
  Owner owner;
  long fromNs;
  volatile long untilNs = OPEN;

  /** The one before, of the same place. */
  @Nullable Binding next;

  /** Whether it still is in the table. */
  boolean isHeld = true;

  Binding(Place place, Source source, Owner owner, long fromNs) {
    this.place = place;
    this.source = source;
    this.owner = owner;
    this.fromNs = fromNs;
  }

  /** Returns whether a source has said so. */
  public boolean isFrom(Source other) {
    return source == other;
  }

  boolean isOpen() {
    return untilNs == OPEN;
  }

  /** Returns the heap that a binding takes, its owner left out. */
  static long heapBytes() {
    return OBJECT_BYTES + ENTRY_BYTES;
  }
}
