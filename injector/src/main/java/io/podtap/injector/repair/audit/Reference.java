/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.tree.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who controls an object, as its {@code ownerReferences} say.
 *
 * @param uid empty for nobody
 */
public record Reference(String apiVersion, String kind, String name, String uid) {

  public static final Reference NOBODY = new Reference("", "", "", "");

  /** Returns the owner that controls the object. */
  public static Reference of(Map<String, @Nullable Object> object) {
    for (Object one : Tree.list(Tree.at(object, "metadata", "ownerReferences"))) {
      if (Boolean.TRUE.equals(Tree.at(one, "controller"))) {
        return new Reference(
            Tree.text(one, "apiVersion"),
            Tree.text(one, "kind"),
            Tree.text(one, "name"),
            Tree.text(one, "uid"));
      }
    }
    return NOBODY;
  }

  public boolean isApps() {
    return apiVersion.equals("apps/v1");
  }
}
