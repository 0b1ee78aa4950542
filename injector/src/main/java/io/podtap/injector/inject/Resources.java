/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.limits.Quantity;
import io.podtap.injector.tree.Tree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a tap asks of its node, and what it may use at most; Kubernetes' quantities. */
public record Resources(String cpu, String memory, String cpuLimit, String memoryLimit) {

  public Resources {
    requireOrder("cpu", cpu, cpuLimit);
    requireOrder("memory", memory, memoryLimit);
  }

  /**
   * Returns the usual amounts, but for those that are given, as {@link #with} does.
   *
   * @throws SettingsException when a quantity is invalid or a given request is above a given limit
   */
  public static Resources usual(Map<String, String> given) {
    return new Resources("50m", "64Mi", "250m", "256Mi").with(given);
  }

  /**
   * Returns the same with amounts that somebody gave. Where only a request or only a limit of a
   * kind is given, the other one follows it as far as it must.
   *
   * @param given by {@code cpu}, {@code memory}, {@code cpu-limit}, {@code memory-limit}
   * @throws SettingsException when a quantity is invalid or a given request is above a given limit
   */
  Resources with(Map<String, String> given) {
    String newCpu = given.getOrDefault("cpu", cpu);
    String newMemory = given.getOrDefault("memory", memory);
    String newCpuLimit = given.getOrDefault("cpu-limit", cpuLimit);
    String newMemoryLimit = given.getOrDefault("memory-limit", memoryLimit);
    return new Resources(
        given.containsKey("cpu") ? newCpu : least(newCpu, newCpuLimit),
        given.containsKey("memory") ? newMemory : least(newMemory, newMemoryLimit),
        given.containsKey("cpu-limit") ? newCpuLimit : most(newCpuLimit, newCpu),
        given.containsKey("memory-limit") ? newMemoryLimit : most(newMemoryLimit, newMemory));
  }

  /** Returns {@code other} when it is less; what is invalid is told by whoever checks. */
  private static String least(String one, String other) {
    return isMore(one, other) ? other : one;
  }

  private static String most(String one, String other) {
    return isMore(one, other) ? one : other;
  }

  private static boolean isMore(String one, String other) {
    Optional<BigDecimal> first = Quantity.parse(one);
    Optional<BigDecimal> second = Quantity.parse(other);
    return first.isPresent() && second.isPresent() && first.get().compareTo(second.get()) > 0;
  }

  /**
   * Returns a container's {@code resources} in which what its author left open fits what he gave.
   *
   * @param own what the author gave
   * @param merged the same, with the template's amounts where he gave none
   */
  static Map<String, @Nullable Object> fitted(
      @Nullable Object own, Map<String, @Nullable Object> merged) {
    Map<String, @Nullable Object> fitted = Tree.copyMap(merged);
    for (String what : List.of("cpu", "memory")) {
      String request = Tree.text(merged, "requests", what);
      String limit = Tree.text(merged, "limits", what);
      boolean hasRequest = !Tree.text(own, "requests", what).isEmpty();
      boolean hasLimit = !Tree.text(own, "limits", what).isEmpty();
      if (hasLimit && !hasRequest && isMore(request, limit)) {
        Tree.child(fitted, "requests").put(what, limit);
      } else if (hasRequest && !hasLimit && isMore(request, limit)) {
        Tree.child(fitted, "limits").put(what, request);
      }
    }
    return fitted;
  }

  /**
   * Refuses a container's {@code resources} that Kubernetes would refuse.
   *
   * @throws SettingsException saying why
   */
  static void check(Object resources) {
    for (String what : List.of("cpu", "memory")) {
      requireOrder(
          what, Tree.text(resources, "requests", what), Tree.text(resources, "limits", what));
    }
  }

  private static void requireOrder(String what, String request, String limit) {
    for (String quantity : List.of(request, limit)) {
      if (Quantity.parse(quantity).isEmpty()) {
        throw new SettingsException(
            what + " '" + quantity + "' is not a quantity above zero, such as 50m or 64Mi");
      }
    }
    if (Quantity.parse(request).orElseThrow().compareTo(Quantity.parse(limit).orElseThrow()) > 0) {
      throw new SettingsException(what + " " + request + " is more than its limit, " + limit);
    }
  }

  /** Returns a container's {@code resources}. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> resources = new LinkedHashMap<>();
    resources.put("limits", pair(cpuLimit, memoryLimit));
    resources.put("requests", pair(cpu, memory));
    return resources;
  }

  private static Map<String, @Nullable Object> pair(String cpu, String memory) {
    Map<String, @Nullable Object> pair = new LinkedHashMap<>();
    pair.put("cpu", cpu);
    pair.put("memory", memory);
    return pair;
  }

  /** Returns the same limits, and requests that equal them. */
  Resources guaranteed() {
    return new Resources(cpuLimit, memoryLimit, cpuLimit, memoryLimit);
  }

  /** Returns whether all containers ask for what they may use, which makes their pod Guaranteed. */
  static boolean isGuaranteed(Map<String, @Nullable Object> spec) {
    List<@Nullable Object> all = new ArrayList<>(Tree.list(spec.get("containers")));
    all.addAll(Tree.list(spec.get("initContainers")));
    all.removeIf(container -> Tree.text(container, "name").equals(WellKnownNames.CONTAINER));
    return !all.isEmpty() && all.stream().allMatch(Resources::isGuaranteedContainer);
  }

  private static boolean isGuaranteedContainer(@Nullable Object container) {
    for (String what : List.of("cpu", "memory")) {
      String limit = Tree.text(container, "resources", "limits", what);
      String request = Tree.text(container, "resources", "requests", what);
      if (Quantity.parse(limit).isEmpty()
          || (!request.isEmpty() && !Quantity.isSame(limit, request))) {
        return false;
      }
    }
    return true;
  }
}
