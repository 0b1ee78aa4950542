/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pod's Secrets to pull images with, and those that its tap adds. */
final class PullSecrets {

  static final String LIST = "imagePullSecrets";

  private PullSecrets() {}

  /** Returns the names that the pod does not have yet. */
  static List<String> missing(Map<String, @Nullable Object> spec, List<String> names) {
    List<String> present =
        Tree.list(spec.get(LIST)).stream().map(secret -> Tree.text(secret, "name")).toList();
    return names.stream().filter(name -> !present.contains(name)).toList();
  }

  static void add(Map<String, @Nullable Object> spec, List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    List<@Nullable Object> secrets = new ArrayList<>(Tree.list(spec.get(LIST)));
    for (String name : names) {
      Map<String, @Nullable Object> secret = new LinkedHashMap<>();
      secret.put("name", name);
      secrets.add(secret);
    }
    spec.put(LIST, secrets);
  }

  /** Takes names out, and returns whether one was there. */
  static boolean remove(Map<String, @Nullable Object> spec, List<String> names) {
    List<@Nullable Object> secrets = new ArrayList<>(Tree.list(spec.get(LIST)));
    boolean isChanged = secrets.removeIf(secret -> names.contains(Tree.text(secret, "name")));
    if (isChanged) {
      spec.put(LIST, secrets);
    }
    return isChanged;
  }
}
