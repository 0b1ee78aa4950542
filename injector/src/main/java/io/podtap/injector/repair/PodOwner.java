/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.repair.audit.Reference;
import java.util.Map;

/**
 * Who makes a pod anew, and how to have it done.
 *
 * @param path of the owner's object
 * @param uid of the owner, or of a pod without one
 * @param controller what the pods carry as their controller: the owner, or what it owns
 * @param why no way is there, or an empty text
 */
record PodOwner(
    String kind,
    String namespace,
    String name,
    String path,
    String uid,
    Reference controller,
    Way way,
    String why) {

  /** How pods are made anew. */
  enum Way {
    /** By the owner, pod by pod, when its template changes. */
    RESTART,
    /** By taking one pod away, which its budget may forbid. */
    EVICT,
    /** Not at all. */
    NONE
  }

  String label() {
    return kind + ' ' + namespace + '/' + name;
  }

  /** Returns what an event about it needs to know. */
  Map<String, String> involved() {
    return Map.of(
        "apiVersion", path.startsWith("/apis/apps/v1/") ? "apps/v1" : controller.apiVersion(),
        "kind", kind,
        "namespace", namespace,
        "name", name,
        "uid", uid);
  }
}
