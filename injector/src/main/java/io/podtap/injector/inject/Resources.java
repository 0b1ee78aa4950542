package io.podtap.injector.inject;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a tap asks of its node, and what it may use at most; Kubernetes' quantities. */
public record Resources(String cpu, String memory, String cpuLimit, String memoryLimit) {

  public Resources {
    requireOrder("cpu", cpu, cpuLimit);
    requireOrder("memory", memory, memoryLimit);
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
            what + " '" + quantity + "' is no quantity above zero, such as 50m or 64Mi");
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
    all.removeIf(container -> Tree.text(container, "name").equals(Names.CONTAINER));
    return !all.isEmpty() && all.stream().allMatch(Resources::isGuaranteedContainer);
  }

  private static boolean isGuaranteedContainer(@Nullable Object container) {
    for (String what : List.of("cpu", "memory")) {
      String limit = Tree.text(container, "resources", "limits", what);
      String request = Tree.text(container, "resources", "requests", what);
      if (limit.isEmpty() || (!request.isEmpty() && !Quantity.isSame(limit, request))) {
        return false;
      }
    }
    return true;
  }
}
