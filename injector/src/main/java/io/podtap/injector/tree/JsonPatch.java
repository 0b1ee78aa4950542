/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The difference of two trees as the operations that turn one into the other.
 *
 * @see "RFC 6902 (JSON Patch), RFC 6901 (JSON Pointer)"
 */
public final class JsonPatch {

  private final List<@Nullable Object> operations = new ArrayList<>();

  private JsonPatch() {}

  /** Returns the operations, in the order in which they are to be applied; none when equal. */
  public static List<@Nullable Object> of(@Nullable Object before, @Nullable Object after) {
    JsonPatch patch = new JsonPatch();
    patch.compare("", before, after);
    return patch.operations;
  }

  private void compare(String pointer, @Nullable Object before, @Nullable Object after) {
    if (Objects.equals(before, after)) {
      return;
    }
    if (before instanceof Map && after instanceof Map) {
      compareMaps(pointer, Tree.map(before), Tree.map(after));
    } else if (before instanceof List && after instanceof List) {
      compareLists(pointer, Tree.list(before), Tree.list(after));
    } else {
      add("replace", pointer, after);
    }
  }

  private void compareMaps(
      String pointer, Map<String, @Nullable Object> before, Map<String, @Nullable Object> after) {
    for (String key : before.keySet()) {
      if (!after.containsKey(key)) {
        remove(pointer + '/' + escape(key));
      }
    }
    after.forEach((key, value) -> {
      String there = pointer + '/' + escape(key);
      if (before.containsKey(key)) {
        compare(there, before.get(key), value);
      } else {
        add("add", there, value);
      }
    });
  }

  /** Removes from the end, so that indices hold, then adds and compares from the beginning. */
  private void compareLists(
      String pointer, List<@Nullable Object> before, List<@Nullable Object> after) {
    Optional<ListChange> change = ListChange.of(before, after);
    if (change.isEmpty()) {
      add("replace", pointer, after);
      return;
    }
    for (int index : change.get().removed().reversed()) {
      remove(pointer + '/' + index);
    }
    for (int i = 0; i < after.size(); i++) {
      int partner = change.get().partners().get(i);
      if (partner < 0) {
        add("add", pointer + '/' + i, after.get(i));
      } else {
        compare(pointer + '/' + i, before.get(partner), after.get(i));
      }
    }
  }

  private void add(String operation, String pointer, @Nullable Object value) {
    Map<String, @Nullable Object> entry = operation(operation, pointer);
    entry.put("value", value);
    operations.add(entry);
  }

  private void remove(String pointer) {
    operations.add(operation("remove", pointer));
  }

  private static Map<String, @Nullable Object> operation(String operation, String pointer) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("op", operation);
    entry.put("path", pointer);
    return entry;
  }

  private static String escape(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }
}
