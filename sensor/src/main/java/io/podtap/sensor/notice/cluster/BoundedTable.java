/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a detection remembers by key: bounded in bytes, forgotten when it has not been used for a
 * while or when there is no room, the least recently used first. One thread.
 *
 * @param <V> what is remembered
 */
final class BoundedTable<V> {

  /** Heap of an entry besides its key's characters and its value. */
  private static final int ENTRY_BYTES = 120;

  private final long bytesMax;
  private final long idleNsMax;
  private final ToIntFunction<V> valueBytes;
  private final Map<String, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private long evicted;

  private static final class Entry<V> {
    final V value;
    long usedNs;
    int bytes;

    Entry(V value) {
      this.value = value;
    }
  }

  /**
   * @param idleNsMax how long an entry may be unused, nanoseconds of records' time
   * @param valueBytes heap of a value, bytes; asked again when it is used
   */
  BoundedTable(long bytesMax, long idleNsMax, ToIntFunction<V> valueBytes) {
    this.bytesMax = bytesMax;
    this.idleNsMax = idleNsMax;
    this.valueBytes = valueBytes;
  }

  /** Returns the value of a key, or null; it counts as used. */
  @Nullable V get(String key, long nowNs) {
    Entry<V> entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    if (nowNs - entry.usedNs > idleNsMax) {
      entries.remove(key);
      bytes -= entry.bytes;
      return null;
    }
    entry.usedNs = Math.max(entry.usedNs, nowNs);
    account(key, entry);
    return entry.value;
  }

  /** Remembers a value, which replaces the former one. */
  void put(String key, V value, long nowNs) {
    remove(key);
    Entry<V> entry = new Entry<>(value);
    entry.usedNs = nowNs;
    entries.put(key, entry);
    account(key, entry);
    Iterator<Map.Entry<String, Entry<V>>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext()) {
      Entry<V> old = oldest.next().getValue();
      boolean idle = nowNs - old.usedNs > idleNsMax;
      if (!idle && bytes <= bytesMax || old == entry) {
        break;
      }
      evicted += idle ? 0 : 1;
      bytes -= old.bytes;
      oldest.remove();
    }
  }

  private void account(String key, Entry<V> entry) {
    int now = ENTRY_BYTES + 2 * key.length() + valueBytes.applyAsInt(entry.value);
    bytes += now - entry.bytes;
    entry.bytes = now;
  }

  void remove(String key) {
    Entry<V> entry = entries.remove(key);
    if (entry != null) {
      bytes -= entry.bytes;
    }
  }

  int size() {
    return entries.size();
  }

  /** Returns the heap that is accounted for, bytes. */
  long bytes() {
    return bytes;
  }

  /** Returns how many entries were forgotten because there was no room. */
  long evicted() {
    return evicted;
  }
}
