/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.state;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.RecentKeys;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the detections of one stage know, as entries of bytes by key: {@code TABLE KEY}, where a
 * table's name is that of its detection and of the fields that lead to it. One thread.
 *
 * <p>{@link #changes} gives what may have changed since its last call. A new stage continues when
 * every entry is passed to {@link #restore}, and then {@link #resume} is called, before the first
 * record.
 */
public final class StageState {

  private static final long NS_PER_SECOND = 1_000_000_000L;

  private record Place(String table, String key) {}

  private record Kept(String table, String key, long sinceNs, Object value) {}

  /** A table of either kind, seen by keys that are texts. */
  private interface Table {

    /** Returns since when an entry's age counts, nanoseconds since 1970. */
    long sinceNs(String key);

    /** Returns the value of an entry, or null. */
    @Nullable Object value(String key);

    /** Adds an entry. */
    void put(String key, Object value, long sinceNs);
  }

  private final Map<String, Table> tables = new TreeMap<>();
  private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Place> touched = new LinkedHashSet<>();
  private final List<Kept> kept = new ArrayList<>();
  private long invalid;

  /** Observes the tables of a stage from now on. */
  public StageState(NoticeStage stage) {
    stage.stateful().forEach(this::find);
    visited.clear();
  }

  /** Finds the tables that an object has, and those of the objects of detections that it has. */
  private void find(String path, @Nullable Object object) {
    if (object instanceof AgeTable<?, ?> table) {
      add(path, table);
      return;
    }
    if (object instanceof RecentKeys keys) {
      add(path, keys);
      return;
    }
    if (object == null || !Values.isDetections(object.getClass()) || !visited.add(object)) {
      return;
    }
    for (Class<?> type = object.getClass();
        type != null && Values.isDetections(type);
        type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          find(path + '.' + field.getName(), Values.get(field, object));
        }
      }
    }
  }

  @SuppressWarnings("unchecked") // every table of detections has texts as keys
  private void add(String name, AgeTable<?, ?> found) {
    if (!visited.add(found)) {
      return;
    }
    AgeTable<String, Object> table = (AgeTable<String, Object>) found;
    table.observe(key -> touched.add(new Place(name, key)));
    tables.put(
        name,
        new Table() {
          @Override
          public long sinceNs(String key) {
            return table.sinceNs(key);
          }

          @Override
          public @Nullable Object value(String key) {
            return table.peek(key);
          }

          @Override
          public void put(String key, Object value, long sinceNs) {
            table.put(key, value, sinceNs);
          }
        });
  }

  /** Adds texts that are remembered by their hashes; the value of each is true. */
  private void add(String name, RecentKeys found) {
    if (!visited.add(found)) {
      return;
    }
    found.observe(hash -> touched.add(new Place(name, Long.toHexString(hash))));
    tables.put(
        name,
        new Table() {
          @Override
          public long sinceNs(String key) {
            return found.secondsOf(Long.parseUnsignedLong(key, 16)) * NS_PER_SECOND;
          }

          @Override
          public @Nullable Object value(String key) {
            return found.secondsOf(Long.parseUnsignedLong(key, 16)) == 0 ? null : true;
          }

          @Override
          public void put(String key, Object value, long sinceNs) {
            found.restore(Long.parseUnsignedLong(key, 16), (int) (sinceNs / NS_PER_SECOND));
          }
        });
  }

  /** Returns the names of the tables. */
  public Set<String> tables() {
    return Collections.unmodifiableSet(tables.keySet());
  }

  /**
   * Passes on every entry that may have changed since the last call.
   *
   * @param target takes key and bytes; null where the entry is gone
   */
  public void changes(BiConsumer<String, byte @Nullable []> target) {
    for (Place place : touched) {
      Table table = tables.get(place.table());
      Object value = table == null ? null : table.value(place.key());
      byte[] bytes =
          table == null || value == null ? null : Values.write(table.sinceNs(place.key()), value);
      target.accept(place.table() + ' ' + place.key(), bytes);
    }
    touched.clear();
  }

  /**
   * Takes an entry that {@link #changes} gave to a stage before this one. An entry of a table that
   * does not exist any more, or in a shape of another version, is counted and left out; the next
   * {@link #changes} says that it is gone.
   */
  public void restore(String key, byte[] bytes) {
    int blank = key.indexOf(' ');
    String table = blank < 0 ? key : key.substring(0, blank);
    String entry = key.substring(blank + 1);
    Object value = tables.containsKey(table) ? Values.read(bytes) : null;
    if (value == null) {
      invalid++;
      touched.add(new Place(table, entry));
    } else {
      kept.add(new Kept(table, entry, Values.sinceNs(bytes), value));
    }
  }

  /** Fills the tables with what was restored, the oldest first. */
  public void resume() {
    kept.sort(Comparator.comparingLong(Kept::sinceNs));
    for (Kept entry : kept) {
      Table table = tables.get(entry.table());
      if (table != null) {
        table.put(entry.key(), entry.value(), entry.sinceNs());
      }
    }
    kept.clear();
    touched.removeIf(place -> {
      Table table = tables.get(place.table());
      return table != null && table.value(place.key()) != null;
    });
  }

  /** Returns how many entries were left out by {@link #restore}. */
  public long invalid() {
    return invalid;
  }
}
