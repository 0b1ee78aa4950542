/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The operating systems of the nodes that a pod can be scheduled to, as its own text says.
 *
 * <p>{@code spec.os}, node selector and required node affinity decide. Where they leave both open,
 * {@code windowsOptions} tell, and last the name of the RuntimeClass, which is a guess. Tolerations
 * and preferred affinity allow a node and demand none: they do not count.
 *
 * @see "Kubernetes API, PodSpec, NodeSelectorTerm; well-known labels"
 */
enum OperatingSystem {
  LINUX,
  WINDOWS;

  private static final Set<String> LABELS = Set.of("kubernetes.io/os", "beta.kubernetes.io/os");

  /** Set by the kubelet on nodes with Windows only. */
  private static final String WINDOWS_BUILD = "node.kubernetes.io/windows-build";

  /** Such as windows-2022 and runhcs-wcow-process. */
  private static final Pattern RUNTIME_CLASS = Pattern.compile("(.*[-.])?(windows|wcow).*");

  /** Returns why the pod needs Windows, or an empty text when it can run on Linux. */
  static String whyWindows(@Nullable Object spec) {
    Set<OperatingSystem> possible = required(spec);
    if (possible.equals(Set.of(WINDOWS))) {
      return "the tap needs Linux";
    }
    if (!possible.contains(WINDOWS)) {
      return "";
    }
    if (hasWindowsOptions(spec)) {
      return "its securityContext has windowsOptions, and the tap needs Linux";
    }
    String runtimeClass = Tree.text(spec, "runtimeClassName");
    return RUNTIME_CLASS.matcher(runtimeClass).matches()
        ? "runtimeClassName "
            + runtimeClass
            + " looks like Windows, and the tap needs Linux (spec.os.name: linux if it is)"
        : "";
  }

  /** Returns what the pod demands; both when it demands neither. */
  private static Set<OperatingSystem> required(@Nullable Object spec) {
    Set<OperatingSystem> possible = EnumSet.allOf(OperatingSystem.class);
    restrict(possible, Tree.at(spec, "os", "name"));
    Map<String, @Nullable Object> selector = Tree.map(Tree.at(spec, "nodeSelector"));
    LABELS.forEach(label -> restrict(possible, selector.get(label)));
    if (selector.containsKey(WINDOWS_BUILD)) {
      possible.remove(LINUX);
    }
    Object terms =
        Tree.at(
            spec,
            "affinity",
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms");
    if (terms instanceof List<?>) {
      possible.retainAll(ofTerms(Tree.list(terms)));
    }
    return possible;
  }

  private static void restrict(Set<OperatingSystem> possible, @Nullable Object name) {
    if (name instanceof String text) {
      possible.removeIf(system -> !text.equals(system.label()));
    }
  }

  private String label() {
    return this == LINUX ? "linux" : "windows";
  }

  /** A node must match one of the terms; a term without any condition matches none. */
  private static Set<OperatingSystem> ofTerms(List<@Nullable Object> terms) {
    Set<OperatingSystem> possible = EnumSet.noneOf(OperatingSystem.class);
    for (Object term : terms) {
      List<@Nullable Object> expressions = Tree.list(Tree.at(term, "matchExpressions"));
      if (!expressions.isEmpty() || !Tree.list(Tree.at(term, "matchFields")).isEmpty()) {
        possible.addAll(ofTerm(expressions));
      }
    }
    return possible;
  }

  /** A node must match all of a term's expressions. */
  private static Set<OperatingSystem> ofTerm(List<@Nullable Object> expressions) {
    Set<OperatingSystem> possible = EnumSet.allOf(OperatingSystem.class);
    for (Object expression : expressions) {
      String key = Tree.text(expression, "key");
      String operator = Tree.text(expression, "operator");
      List<@Nullable Object> values = Tree.list(Tree.at(expression, "values"));
      if (LABELS.contains(key) && operator.equals("In")) {
        possible.removeIf(system -> !values.contains(system.label()));
      } else if (LABELS.contains(key) && operator.equals("NotIn")) {
        possible.removeIf(system -> values.contains(system.label()));
      } else if (LABELS.contains(key) && operator.equals("DoesNotExist")) {
        possible.clear(); // every kubelet sets them
      } else if (key.equals(WINDOWS_BUILD)
          && (operator.equals("In") || operator.equals("Exists"))) {
        possible.remove(LINUX);
      } else if (key.equals(WINDOWS_BUILD) && operator.equals("DoesNotExist")) {
        possible.remove(WINDOWS);
      }
    }
    return possible;
  }

  private static boolean hasWindowsOptions(@Nullable Object spec) {
    List<@Nullable Object> contexts = new ArrayList<>();
    contexts.add(Tree.at(spec, "securityContext"));
    Stream.of("containers", "initContainers")
        .flatMap(list -> Tree.list(Tree.at(spec, list)).stream())
        .forEach(container -> contexts.add(Tree.at(container, "securityContext")));
    return contexts.stream()
        .anyMatch(context -> !Tree.map(Tree.at(context, "windowsOptions")).isEmpty());
  }
}
