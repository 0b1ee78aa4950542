/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.injector.repair.audit.Setback;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Owners are restarted, one after another, once, and not where the next pod would be refused. */
interface RestartScenarios {

  /** Returns the cluster of all scenarios. */
  RepairCluster cluster();

  /** The first one: owners that others leave would be repaired before this one. */
  @Test
  @Order(1)
  default void aDeploymentIsRestartedOnceByTheReplicaThatLeads() throws Exception {
    cluster().namespace("shop", "\"podtap.io/inject\": \"enabled\"");
    cluster().deployment("shop", "web");
    try (RepairController one = controller("one");
        RepairController two = controller("two")) {
      // what was uncertain at the first step is looked at again after half a minute
      await(120, () -> !restartedAt("shop", "web").isEmpty());
      List<String> expected =
          List.of(
              "podtap_repair_leader 1",
              "podtap_repair_leader 0",
              "podtap_repair_under_way 1",
              "podtap_repair_pods{state=\"missing\",reason=\"webhook-unavailable\"}");
      await(() -> {
        String metrics =
            MetricsPort.text(MetricsFormat.TEXT, one::metrics)
                + MetricsPort.text(MetricsFormat.TEXT, two::metrics);
        return expected.stream().allMatch(metrics::contains);
      });
      await(() -> cluster().events("shop").contains("restarts Deployment shop/web"));
      assertThat(cluster().events("shop")).contains("no tap, webhook-unavailable");
    }
    String first = restartedAt("shop", "web");
    LeaderLease lease = new LeaderLease(cluster().api(), "three");
    Instant now = Instant.now();
    assertThat(lease.hold(now.plusSeconds(1))).as("it was given up").isTrue();
    Repairer repairer = cluster().repairer(lease);
    repairer.step(cluster().sight("shop"), now.plusSeconds(2));
    assertThat(lease.operation()).as("it goes on where the other was").isNotNull();
    cluster().settle("/apis/apps/v1/namespaces/shop/deployments/web");
    repairer.step(cluster().sight("shop"), now.plusSeconds(7));
    assertThat(lease.operation()).isNull();
    repairer.step(cluster().sight("shop"), now.plusSeconds(25));
    repairer.step(cluster().sight("shop"), now.plusSeconds(7_200));
    assertThat(restartedAt("shop", "web")).as("never twice").isEqualTo(first);
    lease.release(now.plusSeconds(1));
  }

  private String restartedAt(String namespace, String deployment) throws Exception {
    String path = "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + deployment;
    return cluster().mark(path);
  }

  private RepairController controller(String identity) {
    return RepairController.start(
        cluster().api(),
        RepairCluster.AUDIT,
        "podtap-webhook",
        true,
        identity,
        _ -> {},
        cluster().log());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limits-max",
        "limits-pod",
        "limits-ratio",
        "limits-min",
        "quota",
        "pod-security",
        "policy"
      })
  default void nothingIsTouchedWhoseNewPodTheServerRefuses(String rule) throws Exception {
    cluster().namespace(rule, "\"podtap.io/inject\": \"enabled\"");
    List<String> owners = new ArrayList<>();
    for (String resource : List.of("deployments", "statefulsets", "daemonsets")) {
      owners.add(cluster().owner(rule, resource));
    }
    cluster().forbid(rule, rule);
    for (String path : owners) {
      await(() -> cluster().trial(rule, path) instanceof Trial.Answer.Refused);
    }
    Instant now = Instant.now().plusSeconds(100_000);
    LeaderLease lease = cluster().held(rule, now);
    Repairer repairer = cluster().repairer(lease);
    repairer.step(cluster().sight(rule), now);
    for (String path : owners) {
      assertThat(cluster().mark(path)).as(path).isEmpty();
    }
    assertThat(lease.setbacks().values())
        .hasSize(3)
        .allMatch(one -> one.reason().equals(Setback.WOULD_BE_REFUSED));
    assertThat(cluster().events(rule)).contains("NotRepaired").contains("would-be-refused");
    lease.setbacks().keySet().forEach(lease::forgive);
    assertThat(lease.advance(null, now)).isTrue();
    lease.release(now);
  }

  @Test
  default void everyKindIsRestartedOneAfterAnotherAndPutBackWhenItFails() throws Exception {
    cluster().namespace("kinds", "\"podtap.io/inject\": \"enabled\"");
    List<String> owners = new ArrayList<>();
    for (String resource : List.of("deployments", "statefulsets", "daemonsets")) {
      owners.add(cluster().owner("kinds", resource));
    }
    Instant now = Instant.now().plusSeconds(200_000);
    LeaderLease lease = cluster().held("kinds", now);
    Repairer repairer = cluster().repairer(lease);
    for (int i = 0; i < owners.size(); i++) {
      now = now.plusSeconds(60);
      assertThat(lease.hold(now)).isTrue();
      repairer.step(cluster().sight("kinds"), now);
      Operation operation = Objects.requireNonNull(lease.operation(), () -> cluster().logged());
      assertThat(cluster().mark(operation.path())).isEqualTo(operation.mark());
      repairer.step(cluster().sight("kinds"), now.plusSeconds(5));
      assertThat(lease.operation()).as("not done before its controller says so").isNotNull();
      if (i < owners.size() - 1) {
        cluster().settle(operation.path());
        String name = operation.path().substring(operation.path().lastIndexOf('/') + 1);
        cluster().server().delete("/api/v1/namespaces/kinds/pods/" + name);
        repairer.step(cluster().sight("kinds"), now.plusSeconds(10));
        assertThat(lease.operation()).isNull();
      }
    }
    Operation last = Objects.requireNonNull(lease.operation());
    cluster().forbid("limits-max", "kinds");
    await(() -> cluster().trial("kinds", last.path()) instanceof Trial.Answer.Refused);
    String nothing = "\"observedGeneration\": 1, ";
    cluster()
        .server()
        .patch(
            last.path() + "/status",
            "{\"status\": {"
                + nothing
                + "\"replicas\": 0, \"readyReplicas\": 0, \"availableReplicas\": 0,"
                + " \"updatedReplicas\": 0, \"currentNumberScheduled\": 0, \"numberAvailable\":"
                + " 0}}");
    assertThat(lease.hold(now.plusSeconds(15))).isTrue();
    repairer.step(cluster().sight("kinds"), now.plusSeconds(15));
    assertThat(cluster().mark(last.path())).as("it is put back").isEmpty();
    assertThat(Objects.requireNonNull(lease.setbacks().get(last.uid())).text())
        .contains("its new pods are refused");
    repairer.step(cluster().sight("kinds"), now.plusSeconds(20));
    assertThat(cluster().server().ask("GET", last.path(), "").body())
        .as("pods come back without a tap")
        .contains("\"podtap.io/inject\":\"disabled\"");
    cluster().settle(last.path());
    repairer.step(cluster().sight("kinds"), now.plusSeconds(25));
    assertThat(lease.operation()).isNull();
    lease.forgive(last.uid());
    assertThat(lease.advance(null, now.plusSeconds(25))).isTrue();
    lease.release(now.plusSeconds(25));
  }
}
