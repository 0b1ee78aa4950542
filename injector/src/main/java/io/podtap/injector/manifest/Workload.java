/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.kubernetes.WorkloadName;
import io.podtap.injector.tree.Tree;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** One object of a file that makes pods, or is one. */
public final class Workload {

  /** What a controller makes anew from its own template, so that a change here would be lost. */
  private static final Set<String> MADE =
      Set.of("Pod", "ReplicaSet", "ReplicationController", "Job");

  private final Map<String, @Nullable Object> object;
  private final WorkloadKind kind;
  private final Map<String, @Nullable Object> pod;
  private final Node node;

  Workload(
      Map<String, @Nullable Object> object,
      WorkloadKind kind,
      Map<String, @Nullable Object> pod,
      Node node) {
    this.object = object;
    this.kind = kind;
    this.pod = pod;
    this.node = node;
  }

  /** Returns kind and name as kubectl writes them: {@code deployment/shop}. */
  public String label() {
    return label(object, kind.kind());
  }

  /** Returns kind and name as the pods' taps report them; none where the API server names it. */
  public WorkloadName name() {
    String name = Tree.text(object, "metadata", "name");
    return name.isEmpty() ? WorkloadName.NONE : new WorkloadName(kind.kind(), name);
  }

  static String label(Map<String, @Nullable Object> object, String kind) {
    String name = Tree.text(object, "metadata", "name");
    String shown = name.isEmpty() ? Tree.text(object, "metadata", "generateName") + '*' : name;
    return kind.toLowerCase(Locale.ROOT) + '/' + shown;
  }

  /** Returns the namespace that the file names, or an empty text. */
  public String namespace() {
    return Tree.text(object, "metadata", "namespace");
  }

  /** Returns the labels and annotations of the object itself, which for a Pod are the pod's. */
  public Map<String, @Nullable Object> metadata() {
    return Tree.map(object.get("metadata"));
  }

  /** Returns whether it is a pod itself and not something that makes pods. */
  public boolean isPod() {
    return kind.path().isEmpty();
  }

  /** Returns what a person should know of its kind, or an empty text. */
  public String note() {
    return kind.note();
  }

  /** Returns the controller that it belongs to, {@code replicaset/shop-7d9f}, or an empty text. */
  public String controller() {
    for (Object owner : Tree.list(Tree.at(object, "metadata", "ownerReferences"))) {
      if (Boolean.TRUE.equals(Tree.at(owner, "controller"))) {
        return Tree.text(owner, "kind").toLowerCase(Locale.ROOT) + '/' + Tree.text(owner, "name");
      }
    }
    return "";
  }

  /** Returns whether its controller makes it, so that a change here does not last. */
  public boolean isMade() {
    return MADE.contains(kind.kind()) && !controller().isEmpty();
  }

  /** Returns what has the pod's metadata and spec. */
  public Map<String, @Nullable Object> pod() {
    return pod;
  }

  Node node() {
    return node;
  }
}
