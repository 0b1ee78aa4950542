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
import org.jspecify.annotations.Nullable;

/**
 * What a pod and its containers request and may use, by resource, after the defaults of the API
 * server and of LimitRanges.
 *
 * @param containers all of them, init containers first
 * @param requests of the pod as a whole
 * @param limits of the pod as a whole
 * @see "k8s.io/kubernetes/plugin/pkg/admission/limitranger; k8s.io/component-helpers/resource"
 */
public record PodAmounts(
    List<Container> containers, Map<String, BigDecimal> requests, Map<String, BigDecimal> limits) {

  /** One container's. */
  public record Container(
      String name, Map<String, BigDecimal> requests, Map<String, BigDecimal> limits) {

    public static Container of(@Nullable Object container, NamespaceLimits namespace) {
      Map<String, BigDecimal> requests =
          NamespaceLimits.amounts(Tree.at(container, "resources", "requests"));
      Map<String, BigDecimal> limits =
          NamespaceLimits.amounts(Tree.at(container, "resources", "limits"));
      limits.forEach(requests::putIfAbsent);
      for (NamespaceLimits.Range range : namespace.ranges()) {
        if (range.isOfContainers()) {
          range.defaultLimit().forEach(limits::putIfAbsent);
          range.defaultRequest().forEach(requests::putIfAbsent);
        }
      }
      return new Container(Tree.text(container, "name"), requests, limits);
    }
  }

  public static PodAmounts of(@Nullable Object spec, NamespaceLimits namespace) {
    List<Container> all = new ArrayList<>();
    Sum requests = new Sum();
    Sum limits = new Sum();
    for (Object one : Tree.list(Tree.at(spec, "initContainers"))) {
      Container container = Container.of(one, namespace);
      all.add(container);
      boolean isSidecar = Tree.text(one, "restartPolicy").equals("Always");
      requests.addInit(container.requests(), isSidecar);
      limits.addInit(container.limits(), isSidecar);
    }
    for (Object one : Tree.list(Tree.at(spec, "containers"))) {
      Container container = Container.of(one, namespace);
      all.add(container);
      add(requests.running, container.requests());
      add(limits.running, container.limits());
    }
    return new PodAmounts(all, requests.total(spec, "requests"), limits.total(spec, "limits"));
  }

  /** Sums up as the scheduler does: sidecars run on, other init containers one after another. */
  private static final class Sum {

    final Map<String, BigDecimal> running = new LinkedHashMap<>();
    private final Map<String, BigDecimal> sidecars = new LinkedHashMap<>();
    private final Map<String, BigDecimal> starting = new LinkedHashMap<>();

    void addInit(Map<String, BigDecimal> amounts, boolean isSidecar) {
      Map<String, BigDecimal> atOnce = new LinkedHashMap<>(sidecars);
      add(atOnce, amounts);
      if (isSidecar) {
        add(sidecars, amounts);
        add(running, amounts);
      }
      atOnce.forEach((name, amount) -> starting.merge(name, amount, BigDecimal::max));
    }

    Map<String, BigDecimal> total(@Nullable Object spec, String which) {
      Map<String, BigDecimal> total = new LinkedHashMap<>(running);
      starting.forEach((name, amount) -> total.merge(name, amount, BigDecimal::max));
      add(total, which.equals("requests") ? overhead(spec) : Map.of());
      total.putAll(NamespaceLimits.amounts(Tree.at(spec, "resources", which)));
      return total;
    }

    private static Map<String, BigDecimal> overhead(@Nullable Object spec) {
      return NamespaceLimits.amounts(Tree.at(spec, "overhead"));
    }
  }

  private static void add(Map<String, BigDecimal> sum, Map<String, BigDecimal> amounts) {
    amounts.forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
  }
}
