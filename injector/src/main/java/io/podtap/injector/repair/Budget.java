package io.podtap.injector.repair;

import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PodDisruptionBudgets: which pods they speak of, and whether they allow to lose one. */
final class Budget {

  private Budget() {}

  /** Returns the name of a budget that forbids to lose the pod, or an empty text. */
  static String forbidding(List<@Nullable Object> budgets, Map<String, @Nullable Object> pod) {
    Map<String, @Nullable Object> labels = Tree.map(Tree.at(pod, "metadata", "labels"));
    for (Object budget : budgets) {
      boolean allows =
          Tree.at(budget, "status", "disruptionsAllowed") instanceof Number number
              && number.longValue() > 0;
      Object selector = Tree.at(budget, "spec", "selector");
      if (!allows && selector != null && matches(selector, labels)) {
        return Tree.text(budget, "metadata", "name");
      }
    }
    return "";
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
