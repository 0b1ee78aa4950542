/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PodDisruptionBudgets: which pods they speak of, and whether they allow to lose one. */
final class Budget {

  private Budget() {}

  /** Returns the name of a budget that forbids to lose a pod of these labels, or an empty text. */
  static String forbidding(List<@Nullable Object> budgets, Map<String, @Nullable Object> labels) {
    for (Object budget : budgets) {
      if (!allows(budget) && speaksOf(budget, labels)) {
        return Tree.text(budget, "metadata", "name");
      }
    }
    return "";
  }

  /** Returns whether a budget speaks of such pods, and allows to lose one now. */
  static boolean isAllowed(List<@Nullable Object> budgets, Map<String, @Nullable Object> labels) {
    return budgets.stream().anyMatch(budget -> allows(budget) && speaksOf(budget, labels));
  }

  private static boolean allows(@Nullable Object budget) {
    return Tree.at(budget, "status", "disruptionsAllowed") instanceof Number number
        && number.longValue() > 0;
  }

  private static boolean speaksOf(@Nullable Object budget, Map<String, @Nullable Object> labels) {
    Object selector = Tree.at(budget, "spec", "selector");
    return selector != null && matches(selector, labels);
  }

  /**
   * Returns whether a LabelSelector chooses these labels; one that is empty chooses all.
   *
   * @see "Kubernetes API, LabelSelector v1 meta"
   */
  static boolean matches(@Nullable Object selector, Map<String, @Nullable Object> labels) {
    boolean areEqual =
        Tree.map(Tree.at(selector, "matchLabels")).entrySet().stream()
            .allMatch(
                wanted -> String.valueOf(wanted.getValue()).equals(labels.get(wanted.getKey())));
    return areEqual
        && Tree.list(Tree.at(selector, "matchExpressions")).stream()
            .allMatch(expression -> holds(expression, labels));
  }

  private static boolean holds(@Nullable Object expression, Map<String, @Nullable Object> labels) {
    Object value = labels.get(Tree.text(expression, "key"));
    List<@Nullable Object> values = Tree.list(Tree.at(expression, "values"));
    return switch (Tree.text(expression, "operator")) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> true; // unknown: rather one pod too many protected
    };
  }
}
