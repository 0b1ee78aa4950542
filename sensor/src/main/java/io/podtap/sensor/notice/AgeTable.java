/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A table bounded in bytes: entries end at an age, and the oldest leave when it is full, which is
 * counted. Keys are texts or records of them. One thread.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class AgeTable<K, V> implements StateTable {

  /** What an entry takes besides its key and its value, bytes. */
  private static final long ENTRY_BYTES = 112;

  /** Two bytes for each character, and the object. */
  private static final long TEXT_BYTES = 48;

  private static final class Entry<V> {
    final V value;
    long sinceNs;
    long bytes;

    Entry(V value, long sinceNs, long bytes) {
      this.value = value;
      this.sinceNs = sinceNs;
      this.bytes = bytes;
    }
  }

  private final LinkedHashMap<K, Entry<V>> entries = new LinkedHashMap<>();
  private final long bytesMax;
  private final long ageNsMax;
  private final ToLongFunction<V> valueBytes;
  private final BiConsumer<K, V> onExpiry;
  private long bytes;
  private long evicted;
  private @Nullable Consumer<K> observer;

  /**
   * @param bytesMax what all entries may take
   * @param ageNsMax after which an entry ends, counted from its creation or its last {@link #renew}
   * @param valueBytes estimates a value; the result of {@link #resized} replaces it
   */
  public AgeTable(long bytesMax, long ageNsMax, ToLongFunction<V> valueBytes) {
    this(bytesMax, ageNsMax, valueBytes, (key, value) -> {});
  }

  /**
   * As above.
   *
   * @param onExpiry told of every entry that ends by age
   */
  public AgeTable(
      long bytesMax, long ageNsMax, ToLongFunction<V> valueBytes, BiConsumer<K, V> onExpiry) {
    this.bytesMax = bytesMax;
    this.ageNsMax = ageNsMax;
    this.valueBytes = valueBytes;
    this.onExpiry = onExpiry;
  }

  /** Returns a text's estimate, bytes. */
  public static long bytesOf(@Nullable String text) {
    return text == null ? 0 : TEXT_BYTES + text.length();
  }

  /** Returns a value that has not expired, or null. */
  public @Nullable V get(K key, long nowNs) {
    expire(nowNs);
    Entry<V> entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    touched(key);
    return entry.value;
  }

  /** Returns the value of a key, which is made when there is none. */
  public V get(K key, long nowNs, Supplier<V> maker) {
    V present = get(key, nowNs);
    if (present != null) {
      return present;
    }
    V made = maker.get();
    put(key, made, nowNs);
    return made;
  }

  /** Adds or replaces an entry; it is the youngest. */
  public void put(K key, V value, long nowNs) {
    remove(key);
    long size = ENTRY_BYTES + keyBytes(key) + valueBytes.applyAsLong(value);
    entries.put(key, new Entry<>(value, nowNs, size));
    bytes += size;
    touched(key);
    shrink();
  }

  private static long keyBytes(Object key) {
    return key instanceof String text ? bytesOf(text) : bytesOf(key.toString());
  }

  /** Measures a value again after it has changed. */
  public void resized(K key) {
    Entry<V> entry = entries.get(key);
    if (entry != null) {
      long size = ENTRY_BYTES + keyBytes(key) + valueBytes.applyAsLong(entry.value);
      bytes += size - entry.bytes;
      entry.bytes = size;
      touched(key);
      shrink();
    }
  }

  /** Begins an entry's age again. */
  public void renew(K key, long nowNs) {
    Entry<V> entry = entries.remove(key);
    if (entry != null) {
      entry.sinceNs = nowNs;
      entries.put(key, entry);
      touched(key);
    }
  }

  /** Removes an entry. */
  public void remove(K key) {
    Entry<V> entry = entries.remove(key);
    if (entry != null) {
      bytes -= entry.bytes;
      touched(key);
    }
  }

  private void shrink() {
    while (bytes > bytesMax && entries.size() > 1) {
      K eldest = entries.firstEntry().getKey();
      remove(eldest);
      evicted++;
    }
  }

  /** Ends entries that are too old. */
  public void expire(long nowNs) {
    while (!entries.isEmpty()) {
      Map.Entry<K, Entry<V>> eldest = entries.firstEntry();
      if (nowNs - eldest.getValue().sinceNs < ageNsMax) {
        return;
      }
      K key = eldest.getKey();
      remove(key);
      onExpiry.accept(key, eldest.getValue().value);
    }
  }

  /**
   * Names whoever keeps a copy of the table elsewhere.
   *
   * @param observer told of each key whose entry may have changed, also of those that were only
   *     read: a value can be changed by whoever has it
   */
  public void observe(Consumer<K> observer) {
    this.observer = observer;
  }

  private void touched(K key) {
    if (observer != null) {
      observer.accept(key);
    }
  }

  /** Returns a value as it is, whatever its age, without telling the observer; null for none. */
  public @Nullable V peek(K key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? null : entry.value;
  }

  /** Returns since when an entry's age counts; 0 when there is none. */
  public long sinceNs(K key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? 0 : entry.sinceNs;
  }

  /** Returns how many entries there are. */
  public int size() {
    return entries.size();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long evicted() {
    return evicted;
  }
}
