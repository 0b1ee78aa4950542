/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.injector.tree.Tree;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object that makes pods, of a kind that is not known.
 *
 * @param label such as {@code widget/shop}
 * @param kind such as {@code Widget.example.com}
 * @param path where the pod is: {@code spec/template}; empty for the object itself. Where there is
 *     no pod, of the containers
 * @param pod what is there; empty where there are containers without metadata beside their spec
 * @param reference the workload whose pods it runs instead of its own, or an empty text
 */
public record UnknownWorkload(
    String label, String kind, String path, Map<String, @Nullable Object> pod, String reference) {

  private static final int DEPTH_MAX = 12;

  /** Where workflows and pipelines have the containers of pods that they make step by step. */
  private static final Set<String> STEPS = Set.of("container", "script", "steps", "sidecars");

  /** One of these is enough: an operator may add the others. */
  private static final Set<String> OF_CONTAINERS =
      Set.of("image", "name", "env", "envFrom", "command", "args", "ports", "volumeMounts");

  /**
   * Looks for a pod anywhere in an object but its status.
   *
   * @param isKnown whether the kind is known, and its template is not where it should be
   */
  static Optional<UnknownWorkload> find(
      String kind, String apiVersion, Map<String, @Nullable Object> object, boolean isKnown) {
    String label = Workload.label(object, kind);
    String group = WorkloadKind.group(apiVersion);
    String name = group.isEmpty() ? kind : kind + '.' + group;
    Map<String, @Nullable Object> reference = Tree.map(Tree.at(object, "spec", "workloadRef"));
    if (!reference.isEmpty()) {
      String to = Tree.text(reference, "kind").toLowerCase(java.util.Locale.ROOT);
      return Optional.of(
          new UnknownWorkload(label, name, "", Map.of(), to + '/' + Tree.text(reference, "name")));
    }
    boolean maySteps = !isKnown && group.contains(".");
    Map<String, @Nullable Object> wanted = new LinkedHashMap<>(object);
    wanted.remove("status");
    return find("", wanted, 0)
        .or(() -> maySteps ? findStep("", wanted, 0) : Optional.empty())
        .map(place -> new UnknownWorkload(label, name, place.path(), place.pod(), ""));
  }

  /**
   * Returns whether a map or a list under a key may be containers.
   *
   * @param key the last key read, or null
   */
  static boolean mayHold(@Nullable String key, boolean isMapping) {
    return key != null && (STEPS.contains(key) || (!isMapping && key.equals("containers")));
  }

  /** Returns whether it has containers of which it makes pods in a way of its own. */
  public boolean hasNoTemplate() {
    return pod.isEmpty();
  }

  /** Returns where its pod is, as a user reads it. */
  public String place() {
    return path.isEmpty() ? "its top" : path;
  }

  /** Returns the option that names the place of its pod, as a shell takes it. */
  public String option() {
    String value = kind + '=' + path;
    return "--workload " + (value.contains("*") ? '\'' + value + '\'' : value);
  }

  /** Returns where its pods come from instead of the place that was given, to be appended. */
  String advice() {
    if (!reference.isEmpty()) {
      return "; its pods are those of " + reference + ": inject that";
    }
    return hasNoTemplate()
        ? "; it has containers at " + path + " and no pod template"
        : "; there is one at " + place() + ": " + option();
  }

  private record Place(String path, Map<String, @Nullable Object> pod) {}

  private static Optional<Place> find(String path, @Nullable Object value, int depth) {
    if (depth > DEPTH_MAX) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> map = Tree.map(value);
    if (hasContainers(map.get("spec"))) {
      return Optional.of(new Place(path, map));
    }
    if (hasContainers(map)) { // a spec without metadata, where a tap could leave no record
      return Optional.of(new Place(path.isEmpty() ? "containers" : path + "/containers", Map.of()));
    }
    for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
      String below = path.isEmpty() ? entry.getKey() : path + '/' + entry.getKey();
      Optional<Place> found = find(below, entry.getValue(), depth + 1);
      if (found.isPresent()) {
        return found;
      }
    }
    for (Object element : Tree.list(value)) {
      Optional<Place> found = find(path + '/' + WorkloadKind.EVERY_ELEMENT, element, depth + 1);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Returns where a container stands that has no pod around it. */
  private static Optional<Place> findStep(String path, @Nullable Object value, int depth) {
    if (depth > DEPTH_MAX) {
      return Optional.empty();
    }
    for (Map.Entry<String, @Nullable Object> entry : Tree.map(value).entrySet()) {
      String below = path.isEmpty() ? entry.getKey() : path + '/' + entry.getKey();
      if (STEPS.contains(entry.getKey()) && isContainer(entry.getValue())) {
        return Optional.of(new Place(below, Map.of()));
      }
      Optional<Place> found = findStep(below, entry.getValue(), depth + 1);
      if (found.isPresent()) {
        return found;
      }
    }
    for (Object element : Tree.list(value)) {
      Optional<Place> found = findStep(path + '/' + WorkloadKind.EVERY_ELEMENT, element, depth + 1);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static boolean isContainer(@Nullable Object value) {
    return Tree.at(value, "image") instanceof String
        || Tree.list(value).stream().anyMatch(one -> Tree.at(one, "image") instanceof String);
  }

  private static boolean hasContainers(@Nullable Object spec) {
    return Tree.list(Tree.at(spec, "containers")).stream()
        .map(Tree::map)
        .anyMatch(container -> !Collections.disjoint(container.keySet(), OF_CONTAINERS));
  }
}
