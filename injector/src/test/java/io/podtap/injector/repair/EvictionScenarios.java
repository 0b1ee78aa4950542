/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pods of other owners are evicted, as far as their budget allows. */
interface EvictionScenarios {

  /** Returns the cluster of all scenarios. */
  RepairCluster cluster();

  @Test
  default void aRepairThatDoesNotHelpIsTheLastForAWhile() throws Exception {
    cluster().namespace("futile", "\"podtap.io/inject\": \"enabled\"");
    cluster()
        .pod(
            "futile",
            "sheep-1",
            RepairCluster.ownedBy("example.com/v1", "Herd", "sheep", "5678"),
            "");
    herd("futile", "cow-1", "9012");
    budget("futile", 1);
    Instant now = Instant.now().plusSeconds(20_000);
    LeaderLease lease = cluster().held("futile", now);
    assertThat(lease.begin(evictionOf("5678", now), "5678", Instant.now().minusSeconds(60), now))
        .isTrue();
    assertThat(lease.advance(null, now)).isTrue();
    Repairer repairer = cluster().repairer(lease);
    repairer.step(cluster().sight("futile"), Instant.now());
    repairer.step(cluster().sight("futile"), Instant.now().plusSeconds(3_000));
    assertThat(cluster().words("futile")).as("none is evicted").hasSize(2);
    assertThat(lease.hold(now)).isTrue();
    repairer.step(cluster().sight("futile"), now);
    await(() -> cluster().words("futile").equals(List.of("sheep-1 missing webhook-unavailable")));

    assertThat(lease.operation()).as("another pod is waited for").isNotNull();
    repairer.step(cluster().sight("futile"), now.plusSeconds(5));
    assertThat(lease.operation()).isNotNull();
    herd("futile", "cow-2", "9012");
    repairer.step(cluster().sight("futile"), now.plusSeconds(10));
    assertThat(lease.operation()).isNull();
    for (String pod : List.of("sheep-1", "cow-2")) { // a warning for others too
      cluster().server().delete("/api/v1/namespaces/futile/pods/" + pod);
    }
    lease.release(now);
  }

  private static Operation evictionOf(String controller, Instant now) {
    return new Operation(
        "Pod",
        "futile",
        "a",
        "/api/v1/namespaces/futile/pods/a",
        "1",
        controller,
        now,
        "",
        "",
        1,
        Operation.Phase.ROLLING,
        now);
  }

  /** Makes a pod of a custom owner. */
  private void herd(String namespace, String name, String owner) throws Exception {
    String metadata =
        ", \"labels\": {\"app\": \"cow\"}"
            + RepairCluster.ownedBy("example.com/v1", "Herd", "cows", owner);
    cluster().pod(namespace, name, metadata, "");
  }

  @Test
  default void aBudgetThatAllowsNothingIsKept() throws Exception {
    cluster().namespace("budget", "\"podtap.io/inject\": \"enabled\"");
    herd("budget", "cow", "1234");
    Instant now = Instant.now().plusSeconds(40_000);
    LeaderLease lease = cluster().held("budget", now);
    Repairer repairer = cluster().repairer(lease);
    repairer.step(cluster().sight("budget"), now);
    assertThat(cluster().logged()).contains("no PodDisruptionBudget says that");
    budget("budget", 0);
    assertThat(lease.hold(now.plusSeconds(31))).isTrue();
    repairer.step(cluster().sight("budget"), now.plusSeconds(31));
    assertThat(cluster().words("budget")).hasSize(1);
    assertThat(cluster().logged())
        .contains(
            "Herd budget/cows is not repaired: PodDisruptionBudget cows allows no disruption now");

    budget("budget", 1);
    assertThat(lease.hold(now.plusSeconds(40))).isTrue();
    repairer.step(cluster().sight("budget"), now.plusSeconds(40));
    assertThat(cluster().words("budget")).as("not before its time").hasSize(1);
    assertThat(lease.hold(now.plusSeconds(100))).isTrue();
    repairer.step(cluster().sight("budget"), now.plusSeconds(100));
    await(() -> cluster().words("budget").isEmpty());
    assertThat(lease.advance(null, now.plusSeconds(101))).isTrue();
    lease.release(now);
  }

  /** Makes or changes the budget of the cows. */
  private void budget(String namespace, int allowed) throws Exception {
    String budgets = "/apis/policy/v1/namespaces/" + namespace + "/poddisruptionbudgets";
    if (cluster().server().ask("GET", budgets + "/cows", "").statusCode() == 404) {
      cluster()
          .server()
          .create(
              budgets,
              "{\"metadata\": {\"name\": \"cows\"}, \"spec\": {\"minAvailable\": 1, \"selector\":"
                  + " {\"matchLabels\": {\"app\": \"cow\"}}}}");
    }
    cluster()
        .server()
        .patch(
            budgets + "/cows/status",
            "{\"status\": {\"observedGeneration\": 1, \"disruptionsAllowed\": "
                + allowed
                + ", \"currentHealthy\": 1, \"desiredHealthy\": 0, \"expectedPods\": 1}}");
  }
}
