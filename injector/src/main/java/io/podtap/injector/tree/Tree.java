/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a tree without trusting its shape: where a map is asked for and something else stands,
 * the answer is an empty one.
 */
public final class Tree {

  private Tree() {}

  /** Returns {@code node} as a map, or an empty one. */
  public static Map<String, @Nullable Object> map(@Nullable Object node) {
    if (!(node instanceof Map<?, ?>)) {
      return Map.of();
    }
    @SuppressWarnings("unchecked") // trees are made by our own readers, whose keys are strings
    Map<String, @Nullable Object> map = (Map<String, @Nullable Object>) node;
    return map;
  }

  /** Returns {@code node} as a list, or an empty one. */
  public static List<@Nullable Object> list(@Nullable Object node) {
    if (!(node instanceof List<?>)) {
      return List.of();
    }
    @SuppressWarnings("unchecked") // every element may be anything
    List<@Nullable Object> list = (List<@Nullable Object>) node;
    return list;
  }

  /** Returns what stands at the end of a path of keys, or null. */
  public static @Nullable Object at(@Nullable Object node, String... keys) {
    Object here = node;
    for (String key : keys) {
      here = map(here).get(key);
    }
    return here;
  }

  /** Returns the scalar at the end of a path as text, or an empty text when there is none. */
  public static String text(@Nullable Object node, String... keys) {
    Object found = at(node, keys);
    return found == null || found instanceof Map || found instanceof List ? "" : found.toString();
  }

  /** Returns a copy of all maps and lists, free to be changed. */
  public static @Nullable Object copy(@Nullable Object node) {
    return switch (node) {
      case Map<?, ?> _ -> copyMap(map(node));
      case List<?> _ -> {
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object element : list(node)) {
          copy.add(copy(element));
        }
        yield copy;
      }
      case null, default -> node;
    };
  }

  /** As {@link #copy}, of a map. */
  public static Map<String, @Nullable Object> copyMap(Map<String, @Nullable Object> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(key, copy(value)));
    return copy;
  }

  /** Returns the map under a key of a tree that may be changed, made there when it is missing. */
  public static Map<String, @Nullable Object> child(
      Map<String, @Nullable Object> parent, String key) {
    if (!(parent.get(key) instanceof Map<?, ?>)) {
      parent.put(key, new LinkedHashMap<>());
    }
    return map(parent.get(key));
  }
}
