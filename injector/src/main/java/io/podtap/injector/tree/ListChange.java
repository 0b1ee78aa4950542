/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one list became another, element by element: elements are the same when they have the same
 * {@code name}, as containers and variables have, or are equal.
 *
 * @param partners for each element of the new list its index in the old one, or -1 when it is new
 * @param removed indices of the old list that have no partner, ascending
 */
public record ListChange(List<Integer> partners, List<Integer> removed) {

  /** Returns the change, or nothing when elements changed their order or two share a name. */
  public static Optional<ListChange> of(
      List<@Nullable Object> before, List<@Nullable Object> after) {
    List<Object> names = before.stream().map(ListChange::name).toList();
    if (hasTwins(names) || hasTwins(after.stream().map(ListChange::name).toList())) {
      return Optional.empty();
    }
    Map<Object, Integer> indices = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      indices.put(names.get(i), i);
    }
    List<Integer> partners = new ArrayList<>();
    int latest = -1;
    for (Object element : after) {
      int partner = indices.getOrDefault(name(element), -1);
      if (partner >= 0 && partner < latest) {
        return Optional.empty();
      }
      latest = Math.max(latest, partner);
      partners.add(partner);
    }
    Set<Integer> kept = new HashSet<>(partners);
    List<Integer> removed = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      if (!kept.contains(i)) {
        removed.add(i);
      }
    }
    return Optional.of(
        new ListChange(
            Collections.unmodifiableList(partners), Collections.unmodifiableList(removed)));
  }

  private static Object name(@Nullable Object element) {
    Object name = element instanceof Map<?, ?> map ? map.get("name") : null;
    return name != null ? "name " + name : Objects.requireNonNullElse(element, "null");
  }

  private static boolean hasTwins(List<Object> names) {
    Set<Object> seen = new HashSet<>();
    return !names.stream().allMatch(seen::add);
  }
}
