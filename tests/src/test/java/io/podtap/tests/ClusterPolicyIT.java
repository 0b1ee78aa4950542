/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code podtap edges --network-policy} writes about the shop of the examples, applied to it
 * and enforced by a network that has no idea of us: the load goes on, and what was never seen is
 * blocked, both ways.
 *
 * <p>{@code CLUSTER_TEST_ENFORCER} names the manifest of what enforces policies, where the
 * cluster's network does not.
 */
@RequiresCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterPolicyIT {

  private static final String SHOP = "shop/Deployment/shop";
  private static final String CART = "shop/Deployment/cart";

  /** Asks the shop by service and by node port; the shop's pods ask the stock. */
  private static final String PARTNERS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: shop, namespace: shop}
      spec: {type: NodePort, selector: {app: shop}, ports: [{port: 8080, targetPort: 80}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: cart, namespace: shop}
      spec:
        selector: {matchLabels: {app: cart}}
        template:
          metadata: {labels: {app: cart}}
          spec:
            containers:
              - name: web
                image: TOOLS
                env: [{name: NODE_ADDRESS, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]
                command: [sh, -c, "trap exit TERM; sleep 3600 & wait"]
      """;

  private final Cluster cluster = Cluster.named().orElseThrow();
  private final ClusterPods pods = new ClusterPods(cluster);
  private final ClusterRecords records = new ClusterRecords(cluster);
  private final String enforcer = System.getenv().getOrDefault("CLUSTER_TEST_ENFORCER", "");
  private final List<Load> loads = new ArrayList<>();
  private String nodePort = "";

  @TempDir static Path folder;

  /** Requests that go on until they are ended, ten a second. */
  private record Load(String pod, Process process) {}

  @BeforeAll
  void install() throws IOException {
    cluster.install();
    cluster.createTappedNamespace("shop");
    apply("shop.yaml", pods.example());
    apply("partners.yaml", PARTNERS.replace("TOOLS", cluster.tools()));
    apply("stock.yaml", pods.server("shop", "stock"));
    apply("visitor.yaml", pods.server("shop", "visitor"));
    for (String name : List.of("shop", "cart", "stock", "visitor")) {
      cluster.awaitRollout("shop", "deployment/" + name);
    }
    nodePort = cluster.field("shop", "service/shop", ".spec.ports[0].nodePort");
    if (!enforcer.isEmpty()) {
      cluster.apply(Path.of(enforcer));
      cluster.await("kube-system", "condition=Ready", "pod/enforcer");
    }
  }

  @AfterAll
  void remove() {
    loads.forEach(load -> load.process().destroy());
    cluster.deleteNamespaces(List.of("shop"));
    if (!enforcer.isEmpty()) {
      cluster.kubectl("delete", "--ignore-not-found", "-f", enforcer);
    }
    cluster.uninstall();
    cluster.deleteNamespaces(List.of("podtap"));
  }

  @Test
  @Order(1)
  void theShopIsLoadedAndOpenToEverybody() throws IOException {
    String cart = cluster.pod("shop", "app=cart");
    load(cart, "shop:8080");
    load(cart, "$NODE_ADDRESS:" + nodePort);
    for (String pod : shop()) {
      load(pod, "stock");
    }
    assertThat(visit("shop:8080")).isTrue();
    assertThat(answers(shop().getFirst(), "visitor")).isTrue();
    // Forgotten again: the records that count begin with the sensor's next start.
    cluster.kubectl("-n", "podtap", "delete", "pods", "-l", Cluster.SENSORS);
    cluster.awaitRollout("podtap", "deployment/podtap-sensor");
  }

  /** Questions about names are recorded a minute after they were answered. */
  @Test
  @Order(2)
  void policiesAreWrittenFromTheLogs() throws Exception {
    for (String workload : List.of("Deployment/cart", "Deployment/shop")) {
      records.await(row ->
          row.text("k8s.orig.workload").equals(workload)
              && row.text("service").equals("dns")
              && row.fields().containsKey("conn_state"));
    }
    records.await(
        row -> row.text("id.resp_p").equals(nodePort) && row.fields().containsKey("conn_state"));
    Path logs = Files.createDirectories(folder.resolve("logs"));
    write(logs.resolve("conn.log"), "\"conn_state\":");
    write(logs.resolve("identity.log"), "\"action\":\"");
    for (String workload : List.of(SHOP, CART)) {
      String policies = edges(logs, workload);
      assertThat(policies).contains("kind: NetworkPolicy").doesNotContain("visitor\"");
      apply(workload.replace('/', '-') + "-policy.yaml", policies);
    }
    // What taps need is no traffic that taps see: the example has it, here for pods by their own
    // label.
    apply(
        "tap-policy.yaml",
        Files.readString(Repository.root().resolve("examples/network-policy.yaml"))
            .replace(
                "    matchLabels:\n      podtap.io/egress: restricted\n",
                "    matchExpressions: [{key: app, operator: In, values: [shop, cart]}]\n"));
  }

  @Test
  @Order(3)
  void whatWasNeverSeenIsBlockedBothWays() {
    assertThat(cluster.pods("shop", "app=visitor")).hasSize(1);
    String shop = shop().getFirst();
    Cluster.eventually().until(() -> !visit("shop:8080"));
    Cluster.eventually().until(() -> !answers(shop, "visitor"));
    assertThat(visit(cluster.address("shop", shop))).isFalse();
    assertThat(visit("stock")).as("of a workload without policies").isTrue();
  }

  @Test
  @Order(4)
  void theLoadGoesOnAndTapsStillReport() throws Exception {
    String marker = "after-" + System.nanoTime();
    String cart = "pod/" + cluster.pod("shop", "app=cart");
    cluster.shell("shop", cart, "web", "wget -qO- http://shop:8080/?" + marker);
    // By its own tap, which sees the service's address, and by the server's.
    Cluster.eventually()
        .until(() -> records.all(row -> row.text("uri").equals("/?" + marker)).size() == 2);
    for (Load load : loads) {
      long before = asked(load);
      Cluster.eventually().until(() -> asked(load) > before + 10);
    }
    loads.stream()
        .map(Load::pod)
        .distinct()
        .forEach(pod -> cluster.shell("shop", "pod/" + pod, "web", "touch /tmp/enough"));
    for (Load load : loads) {
      String said =
          new String(load.process().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said.strip()).as("requests of %s", load.pod()).isEqualTo("failed: 0");
    }
  }

  private List<String> shop() {
    return Cluster.eventually()
        .until(() -> cluster.pods("shop", "app=shop"), pods -> pods.size() == 2);
  }

  private void load(String pod, String server) throws IOException {
    String file = "/tmp/asked-" + loads.size();
    String commands = pods.requests(server).replace("/tmp/asked", file);
    loads.add(new Load(pod, cluster.startShell("shop", "pod/" + pod, "web", commands)));
    Load load = loads.getLast();
    Cluster.eventually().until(() -> asked(load) > 0);
  }

  private long asked(Load load) {
    String file = "/tmp/asked-" + loads.indexOf(load);
    return Long.parseLong(cluster.shell("shop", "pod/" + load.pod(), "web", "cat " + file).strip());
  }

  /** Returns whether a server answers the pod that never called it under load. */
  private boolean visit(String server) {
    return answers(cluster.pod("shop", "app=visitor"), server);
  }

  private boolean answers(String pod, String server) {
    String container = pod.startsWith("shop-") ? "web" : "main";
    return cluster
        .shell(
            "shop",
            "pod/" + pod,
            container,
            "timeout 3 wget -q -O /dev/null http://" + server + "/ && echo yes || echo no")
        .strip()
        .equals("yes");
  }

  private String edges(Path logs, String workload) throws Exception {
    Process edges =
        cluster.startPodtap(
            "edges",
            "--logs",
            logs.toString(),
            "--network-policy",
            workload,
            "--selector",
            "shop/Service/shop:app=shop;shop/Service/stock:app=stock",
            "--target-port",
            "shop/Service/shop:8080=80;shop/Service/stock:80=80;shop/Service/shop:"
                + nodePort
                + "=80");
    String policies = new String(edges.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(edges.waitFor()).as(policies).isZero();
    return policies;
  }

  /** Writes one log of those that the sensor wrote to its standard output together. */
  private void write(Path log, String field) throws IOException {
    String all =
        cluster.kubectl("-n", "podtap", "logs", "-l", Cluster.SENSORS, "-c", "sensor", "--tail=-1");
    List<String> lines =
        all.lines().filter(line -> line.startsWith("{\"ts\"") && line.contains(field)).toList();
    assertThat(lines).isNotEmpty();
    Files.write(log, lines);
  }

  private void apply(String name, String manifest) throws IOException {
    cluster.apply(Files.writeString(folder.resolve(name), manifest));
  }
}
