/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.cluster.EventLog;
import io.podtap.injector.repair.audit.ClusterPods;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.testing.Eventually;
import io.podtap.injector.testing.Role;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the roles of {@code deploy} allow is needed, and named when it is missing. */
interface PermissionScenarios {

  /** Returns the cluster of all scenarios. */
  RepairCluster cluster();

  @Test
  default void everyRuleIsNeededAndNamed() throws Exception {
    cluster().namespace("rules", "\"podtap.io/inject\": \"enabled\"");
    cluster().deployment("rules", "api");
    Finding finding = cluster().findings("rules").getFirst();
    PodOwner owner = new Owners(cluster().api()).of(finding, Instant.now());
    assertThat(owner.label()).isEqualTo("Deployment rules/api");
    Role find = Role.ofCluster(cluster().server(), "podtap-repair");
    refuses(find, "list", "namespaces", () -> cluster().findings(""));
    refuses(
        find,
        "watch",
        "namespaces",
        () ->
            new ClusterPods(cluster().api(), "", "", "podtap-webhook")
                .watchNamespaces("0", 1, new CompletableFuture<>(), (event, object) -> true));
    refuses(find, "list", "pods", () -> cluster().findings(""));
    refuses(
        find,
        "watch",
        "pods",
        () ->
            new ClusterPods(cluster().api(), "", "", "podtap-webhook")
                .watch("0", 1, new CompletableFuture<>(), (event, object) -> true));
    refuses(
        find,
        "create",
        "events",
        () ->
            new EventLog(cluster().api(), "podtap-repair")
                .write(Map.of("namespace", "rules"), "Normal", "A", "b", Instant.now()));
    find.without(
        "get",
        "mutatingwebhookconfigurations",
        () -> assertThat(cluster().words("rules")).containsExactly("api missing unknown"));
    Role restart = Role.ofCluster(cluster().server(), "podtap-repair-restart");
    refuses(
        restart,
        "get",
        "replicasets",
        () -> new Owners(cluster().api()).of(finding, Instant.now()));
    refuses(
        restart,
        "get",
        "deployments",
        () -> new Owners(cluster().api()).of(finding, Instant.now()));
    Repairs repairs = new Repairs(cluster().api(), "tap");
    refuses(restart, "patch", "deployments", () -> repairs.restart(owner.path(), Map.of(), "a"));
    refuses(restart, "list", "poddisruptionbudgets", () -> repairs.budgets("rules"));
    refuses(restart, "create", "pods", () -> cluster().trial("rules", owner.path()));
    refuses(
        restart,
        "get",
        "pods",
        () -> repairs.read("/api/v1/namespaces/rules/pods/api", finding.uid()));
    for (String optional : List.of("deployments", "statefulsets", "daemonsets", "events")) {
      cluster().notes().clear();
      find.without("list", optional, () -> assertThat(cluster().findings("")).isNotEmpty());
      assertThat(cluster().notes()).anyMatch(note -> note.contains("may not list " + optional));
    }
    refuses(restart, "create", "pods/eviction", () -> repairs.evict(finding));
    for (String kind : List.of("StatefulSet", "DaemonSet")) {
      String resource = kind.toLowerCase(Locale.ROOT) + 's';
      Finding other = ownedByOneOf(kind, resource);
      refuses(restart, "get", resource, () -> new Owners(cluster().api()).of(other, Instant.now()));
      PodOwner set = new Owners(cluster().api()).of(other, Instant.now());
      refuses(restart, "patch", resource, () -> repairs.restart(set.path(), Map.of(), "a"));
    }
    leasesAreNeeded();
    for (String forbidden :
        List.of("/api/v1/secrets", "/apis/apps/v1/replicasets", "/api/v1/configmaps")) {
      assertThat(cluster().api().get(forbidden).status()).as(forbidden).isEqualTo(403);
    }
  }

  /** Makes a workload and its pod, and returns what is said of the pod. */
  private Finding ownedByOneOf(String kind, String resource) throws Exception {
    String workloads = "/apis/apps/v1/namespaces/rules/" + resource;
    cluster().server().create(workloads, RepairCluster.workload(resource, ""));
    cluster()
        .pod(
            "rules",
            resource,
            RepairCluster.ownedBy(
                "apps/v1", kind, resource, cluster().uid(workloads + '/' + resource)),
            "");
    return cluster().findings("rules").stream()
        .filter(finding -> finding.name().equals(resource))
        .findFirst()
        .orElseThrow();
  }

  private void leasesAreNeeded() throws Exception {
    Role here = Role.ofPodtap(cluster().server(), "podtap-repair");
    LeaderLease lease = new LeaderLease(cluster().api(), "rules");
    Instant later = Instant.now().plusSeconds(100_000); // whoever held it is gone by then
    refuses(here, "get", "leases", () -> lease.hold(later));
    refuses(here, "update", "leases", () -> lease.hold(later));
    cluster()
        .server()
        .delete("/apis/coordination.k8s.io/v1/namespaces/podtap/leases/podtap-repair");
    refuses(here, "create", "leases", () -> lease.hold(later));
    await(() -> lease.hold(later));
    lease.release(later);
  }

  private static void refuses(Role role, String verb, String resource, Eventually.Action action)
      throws Exception {
    role.refuses(
        verb,
        resource,
        "system:serviceaccount:podtap:podtap-webhook may not " + verb + ' ' + resource + ' ',
        action);
  }
}
