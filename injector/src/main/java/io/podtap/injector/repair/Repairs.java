package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has pods made anew, the way that people do it.
 *
 * @param api asked with the rights of deploy's ClusterRole {@code podtap-repair}
 */
record Repairs(ClusterApi api) {

  private static final String STRATEGIC_MERGE = "application/strategic-merge-patch+json";
  private static final int TOO_MANY = 429;
  private static final int NOT_FOUND = 404;

  /** The budget says no for now. */
  static final class BudgetException extends IOException {

    private static final long serialVersionUID = 1;

    BudgetException(String message) {
      super(message);
    }
  }

  /**
   * A rollout keeps to its own strategy and looks at no budget: so we do.
   *
   * @throws BudgetException when a pod's budget allows no disruption
   */
  void requireBudget(Owner owner, List<Finding> missing) throws IOException {
    List<@Nullable Object> budgets =
        Tree.list(
            api.object(
                    "/apis/policy/v1/namespaces/"
                        + ApiPath.encode(owner.namespace())
                        + "/poddisruptionbudgets")
                .get("items"));
    for (Finding finding : missing) {
      String name = Budget.forbidding(budgets, finding.pod());
      if (!name.isEmpty()) {
        throw new BudgetException("PodDisruptionBudget " + name + " allows no disruption now");
      }
    }
  }

  /** Restarts an owner as {@code kubectl rollout restart} does. */
  void restart(Owner owner, Instant now) throws IOException {
    Map<String, @Nullable Object> annotations =
        Map.of("kubectl.kubernetes.io/restartedAt", now.truncatedTo(ChronoUnit.SECONDS).toString());
    ClusterApi.Answer answer =
        api.send(
            "PATCH",
            owner.path(),
            STRATEGIC_MERGE,
            Map.of(
                "spec",
                Map.of("template", Map.of("metadata", Map.of("annotations", annotations)))));
    if (!answer.isGood()) {
      throw new RefusedException("restarting " + owner.label(), answer);
    }
  }

  /**
   * Evicts one pod.
   *
   * @throws BudgetException when its budget forbids it
   */
  void evict(Finding finding) throws IOException {
    Map<String, @Nullable Object> metadata = new HashMap<>();
    metadata.put("name", finding.name());
    metadata.put("namespace", finding.namespace());
    ClusterApi.Answer answer =
        api.send(
            "POST",
            ApiPath.inNamespace(finding.namespace(), "pods", finding.name(), "eviction"),
            "application/json",
            Map.of(
                "apiVersion",
                "policy/v1",
                "kind",
                "Eviction",
                "metadata",
                metadata,
                "deleteOptions",
                Map.of(
                    "preconditions", Map.of("uid", Tree.text(finding.pod(), "metadata", "uid")))));
    if (answer.status() == TOO_MANY) {
      throw new BudgetException(answer.reason());
    }
    if (!answer.isGood() && answer.status() != NOT_FOUND) {
      throw new RefusedException("evicting pod " + finding.name(), answer);
    }
  }
}
