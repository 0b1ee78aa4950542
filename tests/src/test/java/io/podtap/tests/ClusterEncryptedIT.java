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
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The other installation: a sensor on every node, packets over TLS with the certificates of {@code
 * podtap pki}, records to a broker that is away, pods that NetworkPolicies restrict. They speak
 * gRPC and TLS; the sensor and the webhook are taken away meanwhile, and what that left behind is
 * repaired.
 */
@RequiresCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterEncryptedIT {

  private final Cluster cluster = Cluster.named().orElseThrow();
  private final ClusterPods pods = new ClusterPods(cluster);
  private final ClusterRecords records = new ClusterRecords(cluster);

  @TempDir static Path certificates;
  @TempDir Path folder;

  @BeforeAll
  void install() {
    Commands.run(cluster.podtap(), "pki", "--dir", certificates.toString(), "--tap", "shop,vault");
    cluster.createNamespaces(List.of("podtap"));
    cluster.createSecret("podtap", "podtap-sensor-tls", certificates.resolve("sensor"));
    cluster.install(
        "--set=sensor.kind=DaemonSet",
        "--set=sensor.tls.secret=podtap-sensor-tls",
        // Without the client in its image the sensor would end at once.
        "--set=sensor.kafka=192.0.2.1:9092",
        "--set=sensor.tolerations[0].key=" + ClusterPods.FAR,
        "--set=discovery.namespaces={vault}",
        "--set=tap.metrics=9095",
        "--set=webhook.replicas=1");
    for (String name : List.of("shop", "vault")) {
      cluster.createTappedNamespace(name);
      cluster.createSecret(name, "podtap-tap-tls", certificates.resolve("tap-" + name));
    }
  }

  @AfterAll
  void remove() {
    cluster.kubectl("delete", "node", ClusterPods.FAR_NODE, "--ignore-not-found");
    cluster.deleteNamespaces(List.of("podtap", "shop", "vault"));
  }

  @Test
  @Order(1)
  void sendsPacketsOverTls() throws IOException {
    apply("shop.yaml", pods.encryptedExample());
    apply("policies.yaml", pods.policies());
    apply("vault.yaml", pods.vault());
    cluster.awaitRollout("shop", "deployment/shop");
    cluster.await("vault", "condition=Ready", "pod/vault");
    awaitStream("shop", "deployment/shop");
    cluster.await("vault", "condition=Ready", "pod/asker");
    awaitStream("vault", "pod/vault");
    Cluster.eventually()
        .untilAsserted(
            () -> assertThat(metric("vault", "pod/asker", "podtap_tap_sensors")).isEqualTo("1"));
    cluster.shell("vault", "pod/vault", "main", "wget -qO- http://" + shop() + "/?encrypted");
    Logs.Row request = records.only(requested("/?encrypted"));
    Logs.Row tap = records.tap("vault", row -> row.count("received") > 0);
    assertThat(tap.text("tap.namespace")).isEqualTo("vault");
    assertThat(tap.fields()).as("came by no tunnel").doesNotContainKey("tap.vni");
    assertThat(request.text("id.resp_h")).isEqualTo(shop());
  }

  @Test
  @Order(2)
  void podsAreReadyWhoseTapsAreNot() throws IOException {
    apply("late.yaml", pods.late());
    for (String pod : List.of("late", "blind")) {
      cluster.await("shop", "condition=Ready", "pod/" + pod);
    }
    assertThat(tapLog("late")).contains("tls.crt' cannot be read");
    assertThat(tapLog("blind")).contains("'eth9' does not exist");
    cluster.createSecret("shop", "late-tls", certificates.resolve("tap-shop"));
    awaitStream("shop", "pod/late"); // the kubelet looks once a minute
    for (String pod : List.of("late", "blind")) {
      cluster.await("shop", "condition=Ready", "pod/" + pod);
      assertThat(cluster.tapRestarts("shop", pod)).isEqualTo("0");
    }
  }

  private String tapLog(String pod) {
    return cluster.kubectl("-n", "shop", "logs", pod, "-c", "podtap");
  }

  @Test
  @Order(3)
  void recordsCallsOfGrpc() {
    assertThat(etcdctl("put key value")).isEqualTo("OK\n");
    assertThat(etcdctl("get key --print-value-only")).isEqualTo("value\n");
    Logs.Row call = records.only(requested("/etcdserverpb.KV/Put"));
    assertThat(call.text("version")).isEqualTo("2");
    assertThat(call.text("method")).isEqualTo("POST");
    assertThat(call.text("grpc_status")).isEqualTo("0");
    Logs.Row connection = records.assertSeenByTapsOf(call, "asker", "vault");
    assertThat(connection.text("service")).isEqualTo("http");
    assertThat(connection.text("id.resp_h")).isEqualTo(vault());
  }

  @Test
  @Order(4)
  void recordsTlsByTheNameThatWasAskedFor() {
    String answer =
        cluster.shell(
            "vault",
            "pod/asker",
            "main",
            "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -connect "
                + vault()
                + ":8443 -servername vault.example 2>/dev/null");
    assertThat(answer).startsWith("HTTP/1.0 200");
    Logs.Row handshake = records.only(row -> row.text("server_name").equals("vault.example"));
    assertThat(handshake.text("version")).isEqualTo("TLSv13");
    assertThat(handshake.text("established")).isEqualTo("true");
    assertThat(handshake.text("id.resp_h")).isEqualTo(vault());
    Logs.Row connection = records.assertSeenByTapsOf(handshake, "asker", "vault");
    assertThat(connection.text("service")).isEqualTo("ssl");
  }

  /** What another node's sensor would be for the taps here; nothing has to run there. */
  @Test
  @Order(5)
  void keepsPacketsOnTheirNode() throws IOException {
    assertThat(metric("vault", "pod/vault", "podtap_tap_discovery_ready")).isEqualTo("1");
    apply("far.yaml", pods.farNode());
    String far =
        Cluster.eventually()
            .until(
                () ->
                    cluster.kubectl(
                        "-n",
                        "podtap",
                        "get",
                        "pods",
                        "--field-selector=spec.nodeName=" + ClusterPods.FAR_NODE,
                        "-o",
                        "name"),
                pod -> !pod.isBlank())
            .strip();
    cluster.kubectl(
        "-n", "podtap", "patch", far, "--subresource=status", "-p", pods.readyAt("192.0.2.7"));
    Cluster.eventually()
        .untilAsserted(() ->
            assertThat(metric("vault", "pod/vault", "podtap_tap_discovery_ready")).isEqualTo("2"));
    assertThat(metric("vault", "pod/vault", "podtap_tap_sensors")).isEqualTo("1");
    cluster.shell("vault", "pod/vault", "main", "wget -qO- http://" + shop() + "/?near");
    cluster.kubectl("delete", "node", ClusterPods.FAR_NODE);
    cluster.kubectl("-n", "podtap", "delete", far, "--force", "--grace-period=0");
    records.only(requested("/?near"));
  }

  @Test
  @Order(6)
  void findsTheNewSensorUnderLoad() throws IOException {
    Process load = cluster.startShell("vault", "pod/vault", "main", pods.requests(shop()));
    try {
      records.await(requested("/?load-5"));
      String former = cluster.pod("podtap", Cluster.SENSORS);
      cluster.kubectl("-n", "podtap", "delete", "pod", former);
      cluster.await("podtap", "condition=Ready", "pod/" + cluster.pod("podtap", Cluster.SENSORS));
      // Both taps are on: that of the flow's one end and that of its other.
      records.tap("vault", row -> row.count("received") > 0);
      records.tap(cluster.pod("shop", "app=shop"), row -> row.count("received") > 0);
      String now = cluster.shell("vault", "pod/vault", "main", "cat /tmp/asked").strip();
      records.await(requested("/?load-" + (Integer.parseInt(now) + 10)));
    } finally {
      cluster.shell("vault", "pod/vault", "main", "touch /tmp/enough");
    }
    assertThat(new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("failed: 0\n");
    for (String pod : List.of("vault", "asker")) {
      assertThat(cluster.tapRestarts("vault", pod)).isEqualTo("0");
    }
  }

  @Test
  @Order(7)
  void findsThePodThatMissedTheWebhook() throws Exception {
    cluster.scale("podtap", "podtap-webhook", 0);
    cluster.awaitAll("podtap", "delete", "run=podtap-webhook");
    apply("missed.yaml", pods.server("shop", "missed"));
    cluster.awaitRollout("shop", "deployment/missed");
    String pod = cluster.pod("shop", "app=missed");
    assertThat(cluster.field("shop", "pod/" + pod, ".spec.initContainers")).isEmpty();

    cluster.scale("podtap", "podtap-webhook", 1);
    cluster.awaitRollout("podtap", "deployment/podtap-webhook");
    assertThat(cluster.check("-A")).contains(pod, "missing", "webhook-unavailable");
  }

  @Test
  @Order(8)
  void repairsItWhenToldTo() {
    cluster.upgrade("--set=webhook.repair=restart");
    Cluster.eventually()
        .untilAsserted(() -> {
          String pod = cluster.pod("shop", "app=missed");
          assertThat(cluster.field("shop", "pod/" + pod, ".spec.initContainers[*].name"))
              .isEqualTo("podtap");
        });
    cluster.awaitRollout("shop", "deployment/missed");
    assertThat(
            cluster.kubectl(
                "-n", "shop", "get", "events", "--field-selector=reason=NoTap", "-o", "name"))
        .isNotEmpty();
  }

  @Test
  @Order(9)
  void leavesNothingBehind() {
    cluster.uninstall();
    cluster.kubectl("-n", "podtap", "delete", "secret", "podtap-sensor-tls");
    Cluster.eventually().untilAsserted(() -> assertThat(cluster.left()).isEmpty());
  }

  private static Predicate<Logs.Row> requested(String uri) {
    return row -> row.text("uri").equals(uri);
  }

  private String shop() {
    return cluster.address("shop", cluster.pod("shop", "app=shop"));
  }

  private String vault() {
    return cluster.address("vault", "vault");
  }

  private String etcdctl(String command) {
    return cluster.shell(
        "vault",
        "pod/asker",
        "main",
        "ETCDCTL_API=3 etcdctl --endpoints http://" + vault() + ":2379 " + command);
  }

  /** Waits until a tap has its sensor at the other end of a stream. */
  private void awaitStream(String namespace, String object) {
    Cluster.eventually()
        .untilAsserted(() ->
            assertThat(metric(namespace, object, "podtap_tap_stream_connected")).isEqualTo("1"));
  }

  /** Returns what a pod's tap says of itself, asked from inside the pod. */
  private String metric(String namespace, String object, String name) {
    return cluster
        .shell(
            namespace,
            object,
            namespace.equals("shop") ? "web" : "main",
            "wget -qO- http://127.0.0.1:9095/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .findFirst()
        .orElse("");
  }

  private void apply(String name, String manifest) throws IOException {
    cluster.apply(Files.writeString(folder.resolve(name), manifest));
  }
}
