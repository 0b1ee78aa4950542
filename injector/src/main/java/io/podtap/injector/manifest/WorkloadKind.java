/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kind that makes pods, and where the pod stands in it.
 *
 * @param group empty for the core group, {@link #ANY_GROUP} for every one
 * @param path keys that lead to what has a pod's metadata and spec; {@code *} is every element of a
 *     list
 * @param note what a person should know of it, or an empty text
 * @param isGiven whether an option names it
 */
record WorkloadKind(String kind, String group, List<String> path, String note, boolean isGiven) {

  static final String ANY_GROUP = "*";
  static final String EVERY_ELEMENT = "*";

  boolean isOf(String otherKind, String apiVersion) {
    return kind.equals(otherKind) && (group.equals(ANY_GROUP) || group.equals(group(apiVersion)));
  }

  /** Returns the group of {@code GROUP/VERSION}, empty for the core group. */
  static String group(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /** Returns an object's kind as kubectl names it: {@code Rollout.argoproj.io}. */
  static String name(Map<String, @Nullable Object> object) {
    String group = group(Tree.text(object, "apiVersion"));
    return Tree.text(object, "kind") + (group.isEmpty() ? "" : '.' + group);
  }
}
