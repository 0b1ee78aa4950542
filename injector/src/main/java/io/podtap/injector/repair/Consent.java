/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether an owner may be restarted though nobody asked for it; pure. One whose rollout keeps all
 * its pods may. One that loses pods meanwhile needs somebody's word: a PodDisruptionBudget that
 * allows a disruption now, or the annotation {@link #ANNOTATION} on the owner.
 *
 * @see "k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go, ResolveFenceposts"
 */
final class Consent {

  /** On the owner: {@code enabled} or {@code disabled}. */
  static final String ANNOTATION = WellKnownNames.PREFIX + "repair";

  private static final String DEFAULT_PERCENT = "25%";

  private Consent() {}

  /**
   * What there is to say.
   *
   * @param objection why it may not be restarted, or an empty text
   * @param keepsPods whether no pod is away at any moment
   */
  record Opinion(String objection, boolean keepsPods) {}

  static Opinion of(
      String kind, Map<String, @Nullable Object> owner, List<@Nullable Object> budgets) {
    boolean keeps = keepsPods(kind, owner);
    String said = Tree.text(owner, "metadata", "annotations", ANNOTATION);
    return switch (said) {
      case "disabled" -> new Opinion("its annotation " + ANNOTATION + " says disabled", keeps);
      case "enabled" -> new Opinion("", keeps);
      case "" -> new Opinion(keeps ? "" : objection(kind, owner, budgets), keeps);
      default ->
          new Opinion(
              "its annotation " + ANNOTATION + " is neither enabled nor disabled: '" + said + '\'',
              keeps);
    };
  }

  private static String objection(
      String kind, Map<String, @Nullable Object> owner, List<@Nullable Object> budgets) {
    String remedy = "; annotate it with " + ANNOTATION + "=enabled, or restart it yourself";
    if (Tree.text(owner, "spec", "strategy", "type").equals("Recreate")) {
      return "its strategy is Recreate: a restart takes all its pods away at once" + remedy;
    }
    if (Rollout.of(kind, owner).wanted() < 2) {
      return "a restart takes its only pod away before there is another" + remedy;
    }
    Map<String, @Nullable Object> labels =
        Tree.map(Tree.at(owner, "spec", "template", "metadata", "labels"));
    return Budget.isAllowed(budgets, labels)
        ? ""
        : "a restart takes pods away before there are others, and no PodDisruptionBudget says that"
            + " it may"
            + remedy;
  }

  private static boolean keepsPods(String kind, Map<String, @Nullable Object> owner) {
    return switch (kind) {
      case "Deployment" ->
          !Tree.text(owner, "spec", "strategy", "type").equals("Recreate")
              && keeps(
                  Tree.at(owner, "spec", "strategy", "rollingUpdate"),
                  DEFAULT_PERCENT,
                  DEFAULT_PERCENT,
                  Rollout.of(kind, owner).wanted());
      case "DaemonSet" ->
          keeps(
              Tree.at(owner, "spec", "updateStrategy", "rollingUpdate"),
              "0",
              "1",
              Rollout.of(kind, owner).wanted());
      default -> false;
    };
  }

  private static boolean keeps(
      @Nullable Object rolling, String surgeDefault, String unavailableDefault, long wanted) {
    long surge = share(Tree.text(rolling, "maxSurge"), surgeDefault, wanted, true);
    long unavailable =
        share(Tree.text(rolling, "maxUnavailable"), unavailableDefault, wanted, false);
    return unavailable == 0 && surge > 0;
  }

  private static long share(String text, String otherwise, long wanted, boolean isRoundedUp) {
    String value = text.isEmpty() ? otherwise : text;
    try {
      if (!value.endsWith("%")) {
        return Long.parseLong(value);
      }
      long product = wanted * Long.parseLong(value.substring(0, value.length() - 1));
      return isRoundedUp ? Math.ceilDiv(product, 100) : product / 100;
    } catch (NumberFormatException e) {
      return isRoundedUp ? 0 : wanted; // not understood: rather no restart
    }
  }
}
