/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject.limits;

import io.podtap.injector.tree.Tree;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a namespace would refuse a pod for what it requests or may use, in the API server's
 * own order.
 *
 * @see "k8s.io/kubernetes/plugin/pkg/admission/limitranger, resourcequota;
 *     pkg/quota/v1/evaluator/core"
 */
public final class LimitCheck {

  /**
   * A pod of a controller seldom comes alone, and the next ones count on the same quota: a tap is
   * refused before there is no room for so many more without one.
   */
  private static final int PODS_TO_COME = 3;

  private LimitCheck() {}

  /** Returns what a LimitRange says against a pod, or nothing. */
  public static Optional<String> rangeRefusal(@Nullable Object spec, NamespaceLimits namespace) {
    PodAmounts pod = PodAmounts.of(spec, namespace);
    for (NamespaceLimits.Range range : namespace.ranges()) {
      Optional<String> refusal = Optional.empty();
      if (range.isOfContainers()) {
        for (PodAmounts.Container one : pod.containers()) {
          refusal = refusal.or(() -> refusal(range, one.requests(), one.limits(), one.name()));
        }
      } else if (range.isOfPods()) {
        refusal = refusal(range, pod.requests(), pod.limits(), "the pod");
      }
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> refusal(
      NamespaceLimits.Range range,
      Map<String, BigDecimal> requests,
      Map<String, BigDecimal> limits,
      String whose) {
    return first(
            range.min(),
            (name, least) -> {
              BigDecimal request = requests.get(name);
              BigDecimal limit = limits.get(name);
              return request == null
                  || request.compareTo(least) < 0
                  || (limit != null && limit.compareTo(least) < 0);
            },
            "minimum")
        .or(() ->
            first(
                range.max(),
                (name, most) -> {
                  BigDecimal request = requests.get(name);
                  BigDecimal limit = limits.get(name);
                  return limit == null
                      || limit.compareTo(most) > 0
                      || (request != null && request.compareTo(most) > 0);
                },
                "maximum"))
        .or(() ->
            first(
                range.ratio(),
                (name, most) -> {
                  BigDecimal request = requests.getOrDefault(name, BigDecimal.ZERO);
                  BigDecimal limit = limits.getOrDefault(name, BigDecimal.ZERO);
                  return request.signum() == 0
                      || limit.signum() == 0
                      || limit.divide(request, MathContext.DECIMAL64).compareTo(most) > 0;
                },
                "limit to request ratio"))
        .map(what -> "LimitRange " + range.name() + ": " + what + " of " + whose);
  }

  private static Optional<String> first(
      Map<String, BigDecimal> bounds, BiFunction<String, BigDecimal, Boolean> breaks, String what) {
    return bounds.entrySet().stream()
        .filter(bound -> breaks.apply(bound.getKey(), bound.getValue()))
        .findFirst()
        .map(bound ->
            bound.getKey()
                + ' '
                + what
                + ' '
                + bound.getValue().stripTrailingZeros().toPlainString());
  }

  /**
   * Returns what a ResourceQuota says against the tap in a pod, or nothing: also when the pod would
   * be refused without the tap as well.
   *
   * @param isOfController whether more such pods may follow
   */
  public static Optional<String> quotaRefusal(
      @Nullable Object without,
      @Nullable Object with,
      boolean isOfController,
      NamespaceLimits namespace) {
    PodAmounts before = PodAmounts.of(without, namespace);
    PodAmounts after = PodAmounts.of(with, namespace);
    for (NamespaceLimits.Quota quota : namespace.quotas()) {
      if (!matches(quota, with, after)) {
        continue;
      }
      boolean countedBefore = matches(quota, without, before);
      for (Map.Entry<String, BigDecimal> hard : quota.hard().entrySet()) {
        String name = hard.getKey();
        BigDecimal used = quota.used().getOrDefault(name, BigDecimal.ZERO);
        BigDecimal its = countedBefore ? usage(name, before) : BigDecimal.ZERO;
        BigDecimal more = usage(name, after).subtract(its);
        BigDecimal left = hard.getValue().subtract(used).subtract(its);
        BigDecimal reserve =
            isOfController ? its.multiply(BigDecimal.valueOf(PODS_TO_COME)) : BigDecimal.ZERO;
        boolean isRefusedAnyway = left.signum() < 0;
        if (more.signum() > 0 && !isRefusedAnyway && left.subtract(reserve).compareTo(more) < 0) {
          return Optional.of(
              "ResourceQuota "
                  + quota.name()
                  + ": of "
                  + name
                  + " too little is left for a tap beside the namespace's pods");
        }
      }
    }
    return Optional.empty();
  }

  /** Returns how much a pod counts against an entry of a quota. */
  private static BigDecimal usage(String name, PodAmounts pod) {
    if (name.startsWith("limits.")) {
      return pod.limits().getOrDefault(name.substring("limits.".length()), BigDecimal.ZERO);
    }
    String resource = name.startsWith("requests.") ? name.substring("requests.".length()) : name;
    return pod.requests().getOrDefault(resource, BigDecimal.ZERO);
  }

  /** Returns whether a quota counts a pod; one with a scope that is not known counts all pods. */
  private static boolean matches(
      NamespaceLimits.Quota quota, @Nullable Object spec, PodAmounts pod) {
    return quota.scopes().stream().allMatch(scope -> matches(scope, spec, pod));
  }

  private static boolean matches(@Nullable Object scope, @Nullable Object spec, PodAmounts pod) {
    return switch (Tree.text(scope, "scopeName")) {
      case "BestEffort" -> isBestEffort(pod);
      case "NotBestEffort" -> !isBestEffort(pod);
      case "Terminating" -> Tree.at(spec, "activeDeadlineSeconds") != null;
      case "NotTerminating" -> Tree.at(spec, "activeDeadlineSeconds") == null;
      case "PriorityClass" -> hasClass(scope, Tree.text(spec, "priorityClassName"));
      default -> true;
    };
  }

  private static boolean hasClass(@Nullable Object scope, String name) {
    List<@Nullable Object> values = Tree.list(Tree.at(scope, "values"));
    return switch (Tree.text(scope, "operator")) {
      case "In" -> values.contains(name);
      case "NotIn" -> !values.contains(name);
      case "DoesNotExist" -> name.isEmpty();
      default -> !name.isEmpty();
    };
  }

  private static boolean isBestEffort(PodAmounts pod) {
    return isNothing(pod.requests())
        && isNothing(pod.limits())
        && pod.containers().stream()
            .allMatch(one -> isNothing(one.requests()) && isNothing(one.limits()));
  }

  private static boolean isNothing(Map<String, BigDecimal> amounts) {
    return amounts.getOrDefault("cpu", BigDecimal.ZERO).signum() == 0
        && amounts.getOrDefault("memory", BigDecimal.ZERO).signum() == 0;
  }
}
