/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.testing.RealApiServer;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Bindings;
import io.podtap.sensor.identity.Identities;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Owners by a real API server. */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class ClusterWatchIT {

  private static final String PODS = "/api/v1/namespaces/shop/pods";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
  private static final long WAIT_MS = 60_000;

  /** Pods of the large cluster; 20,000 take minutes. */
  private static final int CROWD = Integer.getInteger("podtap.crowd", 1_500);

  private static final int REUSES = Integer.getInteger("podtap.reuses", 40);

  @TempDir private Path folder;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Bindings bindings =
      new Bindings(32 << 20, Bindings.RETENTION_NS, /* isJournaled= */ true);
  private RealApiServer api;
  private @Nullable ClusterWatch watch;
  private boolean hasEndpoints;

  @BeforeEach
  void begin() throws Exception {
    api = new RealApiServer(Path.of(System.getenv("KUBEBUILDER_ASSETS")), folder);
    Files.copy(api.certificates(), folder.resolve("ca.crt"));
    Files.writeString(folder.resolve("token"), RealApiServer.TOKEN);
    Files.writeString(folder.resolve("namespace"), "shop");
    api.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"shop\"}}");
  }

  @AfterEach
  void end() {
    if (watch != null) {
      watch.close();
    }
    api.close();
  }

  private ClusterWatch watch() {
    return Objects.requireNonNull(watch);
  }

  private void allow(String resources) throws Exception {
    api.create(
        RBAC + "clusterroles",
        "{\"metadata\":{\"name\":\"sensor\"},\"rules\":[{\"apiGroups\":[\"discovery.k8s.io\"],"
            + "\"resources\":[\"endpointslices\"],\"verbs\":[\"list\",\"watch\"]},"
            + "{\"apiGroups\":[\"\"],\"resources\":["
            + resources
            + "],\"verbs\":[\"list\",\"watch\"]}]}");
    api.create(
        RBAC + "clusterrolebindings",
        "{\"metadata\":{\"name\":\"sensor\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
            + "\"kind\":\"ClusterRole\",\"name\":\"sensor\"},\"subjects\":[{\"kind\":\"ServiceAccount\","
            + "\"name\":\"default\",\"namespace\":\"shop\"}]}");
  }

  private void start() {
    watch =
        ClusterWatch.start(
            new ServiceAccount("127.0.0.1", api.port(), folder, ""),
            List.of(),
            hasEndpoints,
            bindings,
            ClusterWatchIT::nowNs,
            log::add,
            /* startMsMax= */ 0);
  }

  private static long nowNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + WAIT_MS * 1_000_000;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as("%s; %s; %s", what, log, watch().counts())
          .isLessThan(deadline);
      Thread.sleep(5);
      watch().advance(nowNs());
    }
  }

  private Owner at(String address, int port) {
    Place place = Objects.requireNonNull(Addresses.parse(address));
    int key = port == 0 ? Identities.NO_PORT : Identities.portOf(IpProtocol.TCP, port);
    return bindings.at(place.high(), place.low(), key, nowNs());
  }

  private void pod(String name, String deployment, String addresses) throws Exception {
    api.create(
        PODS,
        "{\"metadata\":{\"name\":\""
            + name
            + "\",\"labels\":{\"pod-template-hash\":\"5d8f\",\"tier\":\"front\",\"app\":\"cart\"},"
            + "\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\""
            + deployment
            + "-5d8f\",\"uid\":\"1\",\"controller\":true}]},\"spec\":{\"nodeName\":\"n1\","
            + "\"serviceAccountName\":\"buyer\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
    status(name, addresses);
  }

  private void status(String name, String addresses) throws Exception {
    StringBuilder list = new StringBuilder();
    for (String address : addresses.split(",", -1)) {
      list.append(list.isEmpty() ? "" : ",").append("{\"ip\":\"").append(address).append("\"}");
    }
    String first = addresses.substring(0, (addresses + ',').indexOf(','));
    api.patch(
        PODS + '/' + name + "/status",
        "{\"status\":{\"phase\":\"Running\",\"startTime\":\""
            + Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
            + "\",\"podIP\":\""
            + first
            + "\",\"podIPs\":["
            + list
            + "]}}");
  }

  @Test
  void namesTheMissingRuleAndGoesOnWithWhatIsAllowed() throws Exception {
    allow("\"pods\",\"nodes\"");
    start();
    pod("cart-1", "cart", "10.9.0.1");
    await("the pod is named", () -> at("10.9.0.1", 0).isKnown());
    await("the missing rule is named", () -> watch().problem().contains("services"));
    assertThat(watch().problem())
        .contains("may not list services in all namespaces (403)")
        .contains("ClusterRole");
    assertThat(log).anyMatch(line -> line.contains("may not list services"));
  }

  @Test
  void namesPodsServicesAndNodesOfBothFamilies() throws Exception {
    allow("\"pods\",\"services\",\"nodes\"");
    pod("cart-1", "cart", "10.9.0.1,fd00::1");
    api.create(
        "/api/v1/namespaces/shop/services",
        "{\"metadata\":{\"name\":\"pay\"},\"spec\":{\"type\":\"NodePort\",\"clusterIP\":\"10.0.0.77\","
            + "\"externalIPs\":[\"198.51.100.7\"],\"ports\":[{\"name\":\"grpc\",\"port\":50051,"
            + "\"nodePort\":30051}]}}");
    api.create("/api/v1/nodes", "{\"metadata\":{\"name\":\"n1\"}}");
    api.patch(
        "/api/v1/nodes/n1/status",
        "{\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"10.8.0.1\"},"
            + "{\"type\":\"Hostname\",\"address\":\"n1\"}]}}");
    start();
    await("all are named", () -> watch().counts().isCurrent() && at("10.8.0.1", 0).isKnown());
    Owner pod = at("fd00::1", 0);
    assertThat(at("10.9.0.1", 0).labels()).isEqualTo("app=cart,tier=front");
    assertThat(pod.workloadText()).isEqualTo("Deployment/cart");
    assertThat(pod.serviceAccount()).isEqualTo("buyer");
    assertThat(pod.node()).isEqualTo("n1");
    assertThat(at("10.9.0.1", 0)).isEqualTo(pod);
    assertThat(at("10.0.0.77", 50_051).portName()).isEqualTo("grpc");
    assertThat(at("10.0.0.77", 0).service()).isEqualTo("pay");
    assertThat(at("198.51.100.7", 50_051).service()).isEqualTo("pay");
    assertThat(at("10.8.0.1", 30_051).service()).isEqualTo("pay");
    assertThat(at("10.8.0.1", 30_051).node()).isEqualTo("n1");
    assertThat(at("8.8.8.8", 443).kind()).isEqualTo(Owner.Kind.WORLD);
    assertThat(at("10.9.0.99", 0)).isEqualTo(Owner.UNKNOWN);
  }

  /** As an endpoint controller writes slices; this server has none. */
  @Test
  void namesTheServiceOfAPodThatWasReachedDirectly() throws Exception {
    allow("\"pods\",\"services\",\"nodes\"");
    pod("cart-1", "cart", "10.9.0.1");
    String pod = api.ask("GET", PODS + "/cart-1", "").body();
    int uid = pod.indexOf("\"uid\":\"", pod.indexOf("creationTimestamp") - 120) + 7;
    String podUid = pod.substring(uid, pod.indexOf('"', uid));
    hasEndpoints = true;
    start();
    await("the pod is named", () -> at("10.9.0.1", 8_080).isKnown());
    String slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
    api.create(
        slices,
        "{\"metadata\":{\"name\":\"cart-x\",\"labels\":{\"kubernetes.io/service-name\":\"cart\"}},"
            + "\"addressType\":\"IPv4\",\"ports\":[{\"name\":\"http\",\"port\":8080,"
            + "\"protocol\":\"TCP\"}],\"endpoints\":[{\"addresses\":[\"10.9.0.1\"],\"targetRef\":"
            + "{\"kind\":\"Pod\",\"name\":\"cart-1\",\"uid\":\""
            + podUid
            + "\"}},{\"addresses\":[\"10.9.0.7\"],\"targetRef\":{\"kind\":\"Pod\",\"uid\":\"other\"}},"
            + "{\"addresses\":[\"10.9.0.8\"]}]}");
    await("its service is named", () -> !at("10.9.0.1", 8_080).service().isEmpty());
    Owner served = at("10.9.0.1", 8_080);
    assertThat(served.pod()).isEqualTo("cart-1");
    assertThat(served.service()).isEqualTo("cart");
    assertThat(served.portName()).isEqualTo("http");
    assertThat(at("10.9.0.1", 9_000).service()).isEmpty();
    assertThat(at("10.9.0.1", 0).service()).isEmpty();
    assertThat(at("10.9.0.7", 8_080)).as("its pod is not known").isEqualTo(Owner.UNKNOWN);
    assertThat(at("10.9.0.8", 8_080).service()).as("no pod is behind it").isEqualTo("cart");
    assertThat(watch().counts().lists()).isEqualTo(4);
  }

  @Test
  void goesOnAfterTheServerWasAwayAndItsPastForgotten() throws Exception {
    allow("\"pods\",\"services\",\"nodes\"");
    pod("cart-1", "cart", "10.9.0.1");
    start();
    await("all is known", () -> watch().counts().isCurrent() && at("10.9.0.1", 0).isKnown());
    api.kill();
    await("the loss is noticed", () -> !watch().problem().isEmpty());
    assertThat(at("10.9.0.1", 0).pod()).isEqualTo("cart-1");
    await("what is known grows old", () -> bindings.isStale(nowNs()));
    api.restart();
    await("the watch is back", () -> watch().counts().isCurrent() && watch().problem().isEmpty());
    pod("cart-2", "cart", "10.9.0.2");
    await("a new pod is named", () -> at("10.9.0.2", 0).isKnown());
    api.delete(PODS + "/cart-1");
    pod("pay-1", "pay", "10.9.0.1");
    await("the successor is heard of", () -> watch().counts().objects() >= 2);
    Owner found = at("10.9.0.1", 0);
    assertThat(found.pod()).isNotEqualTo("cart-1");
  }

  @Test
  void namesNobodyWronglyWhileAddressesAreReused() throws Exception {
    allow("\"pods\",\"services\",\"nodes\"");
    start();
    await("the watches are open", () -> watch().counts().isCurrent());
    record Use(String pod, long fromNs, long untilNs) {}
    List<Use> uses = new ArrayList<>();
    int wrongAtOnce = 0;
    for (int i = 0; i < REUSES; i++) {
      String name = "cart-" + i;
      pod(name, "cart", "10.9.0.5");
      long fromNs = nowNs();
      for (int look = 0; look < 3; look++) {
        watch().advance(nowNs());
        Owner found = at("10.9.0.5", 0);
        wrongAtOnce += found.isKnown() && !found.pod().equals(name) ? 1 : 0;
      }
      uses.add(new Use(name, fromNs, nowNs()));
      api.delete(PODS + '/' + name);
    }
    await("the last end is heard of", () -> watch().counts().objects() == 1);
    Place place = Objects.requireNonNull(Addresses.parse("10.9.0.5"));
    int wrong = 0;
    for (Use use : uses) {
      for (long offNs = -2_000_000_000L; offNs <= 2_000_000_000L; offNs += 500_000_000L) {
        Owner found = bindings.at(place.high(), place.low(), use.fromNs() + offNs);
        wrong += found.isKnown() && !found.pod().equals(use.pod()) ? 1 : 0;
      }
    }
    System.out.printf(
        "%d reuses of one address: %d wrong at once, %d wrong by clocks 2 s off, %s%n",
        REUSES, wrongAtOnce, wrong, bindings.counts());
    assertThat(wrongAtOnce).isZero();
    assertThat(wrong).isZero();
  }

  @Test
  void readsALargeClusterInPages() throws Exception {
    allow("\"pods\",\"services\",\"nodes\"");
    try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
      List<Future<?>> made = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        int number = i;
        Callable<?> one =
            () -> {
              pod(
                  "p-" + number,
                  "d-" + number % 500,
                  "10." + (10 + number / 50_000) + '.' + number / 250 + '.' + (1 + number % 250));
              return number;
            };
        made.add(clients.submit(one));
      }
      for (Future<?> one : made) {
        one.get();
      }
    }
    long before = usedBytes();
    start();
    await("all pods are there", () -> bindings.counts().bindings() >= CROWD);
    await("the watches are open", () -> watch().counts().isCurrent());
    long heap = usedBytes() - before;
    System.out.printf(
        "%d pods: %,d bytes of heap, %,d by estimate, %s%n",
        CROWD, heap, bindings.counts().bytes(), watch().counts());
    assertThat(bindings.counts().rejected()).isZero();
    assertThat(watch().counts().lists()).isEqualTo(3);
    assertThat(watch().counts().requests()).isLessThanOrEqualTo(3 + 3 + CROWD / 500 + 1);
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
