/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.testing.RealApiServer;
import io.podtap.core.testing.StallingProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Discovery against the real thing. */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealApiServerIT {

  private static final String PODS = "/api/v1/namespaces/security/pods";
  private static final String SLICES =
      "/apis/discovery.k8s.io/v1/namespaces/security/endpointslices";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/security/";

  private static final int CROWD = 2_000;

  /** How long the server is away; with 60, what takes minutes is tested too. */
  private static final long PATIENCE_S = Long.getLong("podtap.patienceSeconds", 0);

  @TempDir private Path folder;
  private final List<String> log = new CopyOnWriteArrayList<>();

  private static void await(String what, long milliseconds, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + milliseconds * 1_000_000;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private static boolean has(Discovery discovery, String... addresses) {
    List<Endpoint> wanted =
        List.of(addresses).stream().map(one -> Endpoint.parse(one, 4_789)).toList();
    return discovery.status().sensors().equals(wanted);
  }

  private static void pod(RealApiServer api, String name, String address) throws Exception {
    api.create(
        PODS,
        "{\"metadata\":{\"name\":\""
            + name
            + "\",\"labels\":{\"run\":\"zeek\"}},\"spec\":{\"nodeName\":\"n1\","
            + "\"containers\":[{\"name\":\"zeek\",\"image\":\"zeek\"}]}}");
    status(api, name, address, true);
  }

  private static void status(RealApiServer api, String name, String address, boolean ready)
      throws Exception {
    api.patch(
        PODS + '/' + name + "/status",
        "{\"status\":{\"phase\":\"Running\",\"podIP\":\""
            + address
            + "\",\"podIPs\":[{\"ip\":\""
            + address
            + "\"}],\"conditions\":[{\"type\":\"Ready\",\"status\":\""
            + (ready ? "True" : "False")
            + "\"}]}}");
  }

  private Discovery start(RealApiServer api, String target) {
    return start(api.port(), target);
  }

  private Discovery start(int port, String target) {
    return Discovery.start(
        SensorTarget.parse(target, "").orElseThrow(),
        new Discovery.Settings(
            new ServiceAccount("127.0.0.1", port, folder, ""), "", 1, 4_789, "vxlan"),
        log::add);
  }

  private static void role(RealApiServer api, String resource, String group) throws Exception {
    api.create(
        RBAC + "roles",
        "{\"metadata\":{\"name\":\""
            + resource
            + "\"},\"rules\":[{\"apiGroups\":[\""
            + group
            + "\"],\"resources\":[\""
            + resource
            + "\"],\"verbs\":[\"get\",\"list\",\"watch\"]}]}");
    api.create(
        RBAC + "rolebindings",
        "{\"metadata\":{\"name\":\""
            + resource
            + "\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\","
            + "\"name\":\""
            + resource
            + "\"},\"subjects\":[{\"kind\":\"Group\",\"apiGroup\":\"rbac.authorization.k8s.io\","
            + "\"name\":\"system:serviceaccounts:shop\"}]}");
  }

  @Test
  void followsPodsAndEndpointsThroughDenialReadinessAndACrash() throws Exception {
    Path programs = Path.of(System.getenv("KUBEBUILDER_ASSETS"));
    try (RealApiServer api = new RealApiServer(programs, folder)) {
      prepare(api);
      pod(api, "zeek-1", "10.1.0.1");
      try (Discovery discovery = start(api, "zeek.security")) {
        await("403 " + log, 10_000, () -> !discovery.status().problem().isEmpty());
        assertThat(discovery.status().problem())
            .isEqualTo(
                "system:serviceaccount:shop:default may not list pods in namespace security (403):"
                    + " needs a Role there with apiGroups [\"\"], resources [pods], verbs [get,"
                    + " list, watch], and a RoleBinding to it");
        role(api, "pods", "");
        await("granted " + log, 20_000, () -> has(discovery, "10.1.0.1"));
        await("following", 5_000, () -> discovery.status().following());
        pod(api, "zeek-2", "10.1.0.2");
        await("another pod", 1_000, () -> has(discovery, "10.1.0.1", "10.1.0.2"));
        status(api, "zeek-1", "10.1.0.1", false);
        await("not ready any more", 1_000, () -> has(discovery, "10.1.0.2"));
        api.delete(PODS + "/zeek-2");
        await("deleted", 1_000, () -> has(discovery));
        status(api, "zeek-1", "10.1.0.1", true);
        await("ready again", 1_000, () -> has(discovery, "10.1.0.1"));

        api.kill();
        await("away", 10_000, () -> !discovery.status().following());
        assertThat(has(discovery, "10.1.0.1")).isTrue();
        api.restart();
        pod(api, "zeek-3", "10.1.0.3");
        await("after the crash " + log, 2_000, () -> has(discovery, "10.1.0.1", "10.1.0.3"));
        assertThat(discovery.status().following()).isTrue();
      }
      role(api, "endpointslices", "discovery.k8s.io");
      try (Discovery discovery = start(api, "service:security/zeek")) {
        await("following " + log, 20_000, () -> discovery.status().following());
        api.create(
            SLICES,
            "{\"metadata\":{\"name\":\"zeek-a\",\"labels\":{\"kubernetes.io/service-name\":\"zeek\"}},"
                + "\"addressType\":\"IPv4\",\"endpoints\":[{\"addresses\":[\"10.1.0.7\"],"
                + "\"conditions\":{\"ready\":true}}],"
                + "\"ports\":[{\"name\":\"vxlan\",\"port\":4790,\"protocol\":\"UDP\"}]}");
        await("an endpoint", 1_000, () -> has(discovery, "10.1.0.7:4790"));
        calm(discovery);
      }
    }
  }

  private void prepare(RealApiServer api) throws Exception {
    Files.copy(api.certificates(), folder.resolve("ca.crt"));
    Files.writeString(folder.resolve("token"), RealApiServer.TOKEN);
    Files.writeString(folder.resolve("namespace"), "shop");
    api.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"security\"}}");
  }

  /** Pods get ready by several at once, as when a large Deployment starts. */
  private static void crowd(RealApiServer api, int count) throws Exception {
    try (ExecutorService many = Executors.newFixedThreadPool(8)) {
      List<Callable<Void>> pods = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "crowd-" + i;
        String address = "10.2." + i / 250 + '.' + (i % 250 + 1);
        pods.add(() -> {
          pod(api, name, address);
          return null;
        });
      }
      for (Future<Void> one : many.invokeAll(pods)) {
        one.get();
      }
    }
  }

  @Test
  void agreesWithTheTruthWithinTwoSecondsOfACrowdASlowPathAHalfOpenOneAndALostHistory()
      throws Exception {
    Path programs = Path.of(System.getenv("KUBEBUILDER_ASSETS"));
    try (RealApiServer api = new RealApiServer(programs, folder);
        StallingProxy path = new StallingProxy(api.port())) {
      prepare(api);
      role(api, "pods", "");
      try (Discovery discovery = start(path.port(), "zeek.security")) {
        await("following " + log, 20_000, () -> discovery.status().following());
        long requests = discovery.status().requests();
        crowd(api, CROWD);
        await("the crowd", 2_000, () -> discovery.status().ready() == CROWD);
        assertThat(discovery.status().requests() - requests).isLessThanOrEqualTo(1);

        path.delay(500);
        pod(api, "slow", "10.1.0.1");
        await("by a slow path", 2_000, () -> discovery.status().ready() == CROWD + 1);
        path.delay(0);

        path.stall();
        if (PATIENCE_S > 0) { // until the bookmark is missed that comes every minute
          await("half-open", 120_000, () -> !discovery.status().following());
        }
        assertThat(discovery.status().ready()).isEqualTo(CROWD + 1);
        api.delete(PODS + "/slow");
        path.resume();
        await("open again " + log, 4_000, () -> discovery.status().ready() == CROWD);

        api.kill();
        await("away", 10_000, () -> !discovery.status().following());
        Thread.sleep(PATIENCE_S * 1_000);
        api.compact();
        api.restart();
        api.delete(PODS + "/crowd-0");
        await("after all " + log, 2_000, () -> discovery.status().ready() == CROWD - 1);
        assertThat(discovery.status().failures()).containsKey(ApiFailure.EXPIRED);
      }
    }
  }

  /** A watch without any change lives on bookmarks. */
  private void calm(Discovery discovery) throws InterruptedException {
    long requests = discovery.status().requests();
    Thread.sleep(PATIENCE_S * 1_000);
    assertThat(discovery.status().failures()).as("%s", log).isEmpty();
    assertThat(discovery.status().requests() - requests).isLessThanOrEqualTo(1 + PATIENCE_S / 60);
  }
}
