/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What is kept of one kind by its number, within a bound; the oldest goes. One thread. */
final class Kept<V> {

  private final Map<Long, V> values = new LinkedHashMap<>(4);
  private final int countMax;
  private final HeldHeap held;
  private final ToLongFunction<V> size;
  private final Consumer<V> dropped;

  /**
   * @param countMax values that are kept, at most
   * @param size tells the heap that a value takes; must not change while it is kept
   * @param dropped takes values for which there is no place any more
   */
  Kept(HeapAccount account, int countMax, ToLongFunction<V> size, Consumer<V> dropped) {
    this.held = new HeldHeap(account);
    this.countMax = countMax;
    this.size = size;
    this.dropped = dropped;
  }

  @Nullable V get(long number) {
    return values.get(number);
  }

  void put(long number, V value) {
    V before = values.put(number, value);
    held.add(bytes(value));
    if (before != null) {
      held.remove(bytes(before));
    }
    if (values.size() > countMax) {
      Map.Entry<Long, V> oldest = values.entrySet().iterator().next();
      V old = oldest.getValue();
      remove(oldest.getKey());
      dropped.accept(old);
    }
  }

  private long bytes(V value) {
    return HeapSize.MAP_ENTRY + 24 + size.applyAsLong(value);
  }

  @Nullable V remove(long number) {
    V before = values.remove(number);
    if (before != null) {
      held.remove(bytes(before));
    }
    return before;
  }

  int count() {
    return values.size();
  }

  Iterable<V> all() {
    return values.values();
  }

  void clear() {
    values.clear();
    held.clear();
  }
}
