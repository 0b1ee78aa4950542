/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.util.HashMap;
import java.util.Map;

/**
 * Which members of an object are kept while it is read; the others cost no memory. Lists are looked
 * through: a path names members of their elements.
 *
 * @param named what is kept of members of these names
 * @param keepsOthers whether members of other names are kept
 */
public record Fields(Map<String, Fields> named, boolean keepsOthers) {

  /** Everything. */
  public static final Fields ALL = new Fields(Map.of(), true);

  /** Nothing. */
  public static final Fields NONE = new Fields(Map.of(), false);

  /** What the injector judges a pod by: all but what only other programs read. */
  public static final Fields POD =
      ALL.without("metadata", "managedFields")
          .with("metadata", "managedFields", "time")
          .with("metadata", "managedFields", "fieldsV1", "f:metadata", "f:labels")
          .without("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
          .without("status", "hostIPs")
          .without("status", "podIPs")
          .without("status", "resourceClaimStatuses");

  /** What is read of a namespace. */
  public static final Fields NAMESPACE =
      NONE.with("metadata", "name")
          .with("metadata", "labels")
          .with("metadata", "resourceVersion")
          .with("metadata", "managedFields", "time")
          .with("metadata", "managedFields", "fieldsV1", "f:metadata", "f:labels");

  public Fields {
    named = Map.copyOf(named);
  }

  /** Returns the same with what a Status says, which comes in an object's place. */
  Fields orStatus() {
    return with("code").with("message").with("reason").with("metadata", "resourceVersion");
  }

  /** Returns what is kept of a member. */
  Fields of(String name) {
    Fields its = named.get(name);
    return its == null ? (keepsOthers ? ALL : NONE) : its;
  }

  boolean isNothing() {
    return !keepsOthers && named.isEmpty();
  }

  /** Returns the same with all of a member. */
  public Fields with(String... path) {
    return set(ALL, 0, path);
  }

  /** Returns the same without a member. */
  public Fields without(String... path) {
    return set(NONE, 0, path);
  }

  private Fields set(Fields value, int depth, String... path) {
    if (depth == path.length) {
      return value;
    }
    Map<String, Fields> changed = new HashMap<>(named);
    changed.put(path[depth], of(path[depth]).set(value, depth + 1, path));
    return new Fields(changed, keepsOthers);
  }
}
