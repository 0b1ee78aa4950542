/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject.limits;

import io.podtap.injector.tree.Tree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a namespace lets its pods use: LimitRanges and ResourceQuotas, as far as they are known.
 *
 * @param ranges one for each type of each LimitRange
 * @see "Kubernetes documentation, Limit Ranges, Resource Quotas"
 */
public record NamespaceLimits(List<Range> ranges, List<Quota> quotas) {

  /** Nothing is known, or nothing is limited. */
  public static final NamespaceLimits NONE = new NamespaceLimits(List.of(), List.of());

  private static final int ENTRIES_MAX = 256;

  public NamespaceLimits {
    ranges = List.copyOf(ranges);
    quotas = List.copyOf(quotas);
  }

  /**
   * One entry of a LimitRange's {@code limits}; amounts by resource.
   *
   * @param name of the LimitRange
   * @param type {@code Container} or {@code Pod}
   */
  public record Range(
      String name,
      String type,
      Map<String, BigDecimal> max,
      Map<String, BigDecimal> min,
      Map<String, BigDecimal> ratio,
      Map<String, BigDecimal> defaultLimit,
      Map<String, BigDecimal> defaultRequest) {

    public boolean isOfContainers() {
      return type.equals("Container");
    }

    public boolean isOfPods() {
      return type.equals("Pod");
    }
  }

  /**
   * A ResourceQuota; amounts by resource.
   *
   * @param scopes each with {@code scopeName}, {@code operator} and {@code values}
   */
  record Quota(
      String name,
      Map<String, BigDecimal> hard,
      Map<String, BigDecimal> used,
      List<@Nullable Object> scopes) {}

  /**
   * Reads the items of both lists as the API server writes them.
   *
   * @param limitRanges objects of kind LimitRange
   * @param resourceQuotas objects of kind ResourceQuota
   */
  public static NamespaceLimits of(
      List<@Nullable Object> limitRanges, List<@Nullable Object> resourceQuotas) {
    List<Range> ranges = new ArrayList<>();
    for (Object one : limitRanges) {
      for (Object limit : Tree.list(Tree.at(one, "spec", "limits"))) {
        if (ranges.size() < ENTRIES_MAX) {
          ranges.add(
              new Range(
                  Tree.text(one, "metadata", "name"),
                  Tree.text(limit, "type"),
                  amounts(Tree.at(limit, "max")),
                  amounts(Tree.at(limit, "min")),
                  amounts(Tree.at(limit, "maxLimitRequestRatio")),
                  amounts(Tree.at(limit, "default")),
                  amounts(Tree.at(limit, "defaultRequest"))));
        }
      }
    }
    List<Quota> quotas = new ArrayList<>();
    for (Object one : resourceQuotas) {
      if (quotas.size() < ENTRIES_MAX) {
        quotas.add(
            new Quota(
                Tree.text(one, "metadata", "name"),
                amounts(Tree.at(one, "spec", "hard")),
                amounts(Tree.at(one, "status", "used")),
                scopes(Tree.at(one, "spec"))));
      }
    }
    return new NamespaceLimits(ranges, quotas);
  }

  private static List<@Nullable Object> scopes(@Nullable Object spec) {
    List<@Nullable Object> scopes = new ArrayList<>();
    for (Object name : Tree.list(Tree.at(spec, "scopes"))) {
      scopes.add(Map.of("scopeName", String.valueOf(name), "operator", "Exists"));
    }
    scopes.addAll(Tree.list(Tree.at(spec, "scopeSelector", "matchExpressions")));
    return scopes;
  }

  /** Returns amounts by resource; what is not an amount is left out. */
  static Map<String, BigDecimal> amounts(@Nullable Object resources) {
    Map<String, BigDecimal> amounts = new LinkedHashMap<>();
    Tree.map(resources)
        .forEach((name, value) ->
            amount(String.valueOf(value)).ifPresent(amount -> amounts.put(name, amount)));
    return amounts;
  }

  private static Optional<BigDecimal> amount(String text) {
    return text.matches("0+(\\.0*)?[A-Za-z]{0,2}")
        ? Optional.of(BigDecimal.ZERO)
        : Quantity.parse(text);
  }

  /** Returns whether nothing is limited. */
  public boolean isEmpty() {
    return ranges.isEmpty() && quotas.isEmpty();
  }

  /** Returns whether what other pods use matters. */
  public boolean hasQuotas() {
    return !quotas.isEmpty();
  }
}
