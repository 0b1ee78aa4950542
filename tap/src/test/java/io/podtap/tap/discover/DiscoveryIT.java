/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.agent.Backoff;
import io.podtap.core.config.Endpoint;
import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.kubernetes.ServiceAccount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Discovery against an API server and a DNS that behave as told; in real time. */
final class DiscoveryIT {

  private static ClusterCertificate certificate;

  @TempDir private Path folder;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private ScriptedApiServer server;
  private final List<Discovery> started = new ArrayList<>();
  private List<Endpoint> sensors = List.of();

  @BeforeAll
  static void makeCertificate() {
    certificate = ClusterCertificate.make();
  }

  @BeforeEach
  void startServer() throws IOException {
    server = new ScriptedApiServer(certificate);
    write("token", "token-1\n");
    write("namespace", "shop");
    Files.writeString(folder.resolve("ca.crt"), certificate.pem());
  }

  @AfterEach
  void stop() {
    started.forEach(Discovery::close);
    server.close();
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private void start(String target, int port) {
    started.add(
        Discovery.start(
            SensorTarget.parse(target, "").orElseThrow(),
            new Discovery.Settings(
                new ServiceAccount("127.0.0.1", port, folder, ""), "", 7, 4_789, "vxlan"),
            host -> {
              throw new UnknownHostException(host);
            },
            endpoint -> true,
            log::add));
  }

  private Discovery discovery() {
    return started.getLast();
  }

  private void start() {
    start("zeek.monitoring", server.port());
  }

  private void await(String what, long milliseconds, BooleanSupplier condition) {
    long deadline = System.nanoTime() + milliseconds * 1_000_000;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as("%s; %s; %s; %s", what, discovery().status(), log, server.requests)
          .isLessThan(deadline);
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void awaitSensors(String... addresses) {
    List<Endpoint> wanted =
        List.of(addresses).stream().map(one -> Endpoint.parse(one, 4_789)).toList();
    await(
        "sensors " + wanted,
        5_000,
        () -> {
          SensorSet found = discovery().poll();
          sensors = found == null ? sensors : found.endpoints();
          return sensors.equals(wanted);
        });
  }

  private void pod(int number, boolean ready) {
    server.put("zeek-" + number, Objects.pod("zeek-" + number, "n", ready, "10.0.0." + number));
  }

  private long failures(ApiFailure failure) {
    return discovery().status().failures().getOrDefault(failure, 0L);
  }

  @Test
  void followsPodsWithOneListAndOneWatch() {
    pod(1, true);
    pod(2, false);
    start();
    awaitSensors("10.0.0.1");
    pod(2, true);
    awaitSensors("10.0.0.1", "10.0.0.2");
    server.bookmark();
    pod(1, false);
    awaitSensors("10.0.0.2");
    server.remove("zeek-2");
    awaitSensors();
    assertThat(server.requests).hasSize(2);
    assertThat(server.requests.getFirst())
        .isEqualTo("/api/v1/namespaces/monitoring/pods?labelSelector=run%3Dzeek&resourceVersion=0");
    assertThat(discovery().status().following()).isTrue();
    assertThat(discovery().status().failures()).isEmpty();
  }

  @Test
  void followsAServiceInTheOwnNamespace() {
    String port = "{\"name\":\"x\",\"port\":5000,\"protocol\":\"UDP\"}";
    server.put(
        "z-1", Objects.slice("z-1", "IPv4", port, Objects.endpoint("10.0.0.9", "a", "n", "true")));
    start("service:zeek", server.port());
    awaitSensors("10.0.0.9:5000");
    assertThat(server.requests.getFirst())
        .startsWith("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?")
        .contains("kubernetes.io%2Fservice-name%3Dzeek");
    server.put("z-1", Objects.slice("z-1", "IPv4", port));
    awaitSensors();
  }

  @Test
  void aWatchThatEndsGoesOnWhereItWas() {
    pod(1, true);
    start();
    awaitSensors("10.0.0.1");
    await("following", 2_000, () -> discovery().status().following());
    for (int i = 0; i < 2; i++) {
      long watches = server.count("watch=1");
      if (i == 0) {
        server.cutOff();
      } else {
        sleep(1_100);
        server.endWatches();
      }
      await("another watch", 3_000, () -> server.count("watch=1") > watches);
      pod(2 + i, true);
    }
    awaitSensors("10.0.0.1", "10.0.0.2", "10.0.0.3");
    assertThat(server.count("resourceVersion=0")).isEqualTo(1);
    assertThat(server.requests.stream().filter(one -> !one.contains("watch=1")).count())
        .as("lists")
        .isEqualTo(1);
  }

  @Test
  void listsAnewWhenTheWatchIsTooFarBehind() {
    pod(1, true);
    start();
    awaitSensors("10.0.0.1");
    await("watch", 2_000, () -> server.count("watch=1") == 1);
    int port = server.port();
    server.kill();
    pod(1, false);
    pod(2, true);
    server.compact();
    server.restart(port);
    awaitSensors("10.0.0.2");
    assertThat(failures(ApiFailure.EXPIRED)).isEqualTo(1);
    assertThat(server.requests.stream().filter(one -> !one.contains("watch=1")).toList())
        .hasSize(2)
        .last()
        .asString()
        .doesNotContain("resourceVersion");
  }

  @Test
  void keepsTheLastKnownSensorsWhileTheServerIsAwayAndIsBackWithinTwoSeconds() {
    pod(1, true);
    start();
    awaitSensors("10.0.0.1");
    await("following", 2_000, () -> discovery().status().following());
    int port = server.port();
    server.kill();
    await("failures", 5_000, () -> failures(ApiFailure.UNREACHABLE) >= 3);
    DiscoveryStatus away = discovery().status();
    assertThat(away.sensors()).containsExactly(Endpoint.parse("10.0.0.1", 4_789));
    assertThat(away.following()).isFalse();
    assertThat(away.problem()).contains("127.0.0.1:" + port);
    assertThat(discovery().poll()).isNull();
    pod(2, true);
    long before = System.nanoTime();
    server.restart(port);
    awaitSensors("10.0.0.1", "10.0.0.2");
    assertThat(System.nanoTime() - before).isLessThan(2_000_000_000L);
    assertThat(discovery().status().problem()).isEmpty();
  }

  @Test
  void saysWhichRuleIsMissingAndGoesOnWhenItIsGranted() {
    pod(1, true);
    server.forbid("list");
    start();
    await("403", 3_000, () -> failures(ApiFailure.FORBIDDEN) >= 1);
    assertThat(log)
        .first()
        .asString()
        .isEqualTo(
            "podtap: zeek.monitoring: system:serviceaccount:shop:default may not list pods in"
                + " namespace monitoring (403): needs a Role there with apiGroups [\"\"], resources"
                + " [pods], verbs [get, list, watch], and a RoleBinding to it");
    server.forbid("watch");
    await("403 of watch", 9_000, () -> log.toString().contains("may not watch pods"));
    assertThat(sensors(discovery())).isEqualTo(1);
    server.forbid("");
    await("following", 9_000, () -> discovery().status().following());
  }

  private static int sensors(Discovery one) {
    return one.status().sensors().size();
  }

  @Test
  void readsTheTokenAgainWhenItIsReplaced() throws IOException {
    pod(1, true);
    start();
    awaitSensors("10.0.0.1");
    await("following", 2_000, () -> discovery().status().following());
    server.token("token-2");
    server.cutOff();
    await("401", 5_000, () -> failures(ApiFailure.UNAUTHORIZED) >= 1);
    assertThat(discovery().status().problem()).contains("401").contains(folder.toString());
    write("token", "token-2");
    pod(2, true);
    awaitSensors("10.0.0.1", "10.0.0.2");
  }

  @Test
  void trustsNoOtherServer() throws IOException {
    Files.writeString(folder.resolve("ca.crt"), ClusterCertificate.make().pem());
    start();
    await("TLS", 5_000, () -> failures(ApiFailure.TLS) >= 1);
    assertThat(server.requests).isEmpty();
    Files.writeString(folder.resolve("ca.crt"), certificate.pem());
    pod(1, true);
    awaitSensors("10.0.0.1");
  }

  @Test
  void aSlowServerIsWaitedFor() {
    pod(1, true);
    server.delayMs(1_500);
    start();
    awaitSensors("10.0.0.1");
    assertThat(discovery().status().failures()).isEmpty();
  }

  @Test
  void aServerThatAcceptsAndSaysNothingIsLeft() throws IOException {
    try (ServerSocket silent = new ServerSocket()) {
      silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      start("zeek.monitoring", silent.getLocalPort());
      await("timeout", 9_000, () -> failures(ApiFailure.TIMEOUT) >= 1);
    }
  }

  @Test
  void waitsLongerWhenTheServerHasTooMuchToDo() {
    server.status(429);
    start();
    sleep(1_500);
    assertThat(server.requests.size()).isBetween(1, 4);
    assertThat(failures(ApiFailure.THROTTLED)).isPositive();
    server.status(200);
    pod(1, true);
    awaitSensors("10.0.0.1");
  }

  @Test
  void twoThousandSensorsJoinAtOnce() {
    start();
    await("following", 3_000, () -> discovery().status().following());
    for (int i = 0; i < 2_000; i++) {
      server.put("s" + i, Objects.pod("s" + i, "n", true, "10.0." + i / 250 + "." + (i % 250 + 1)));
    }
    await("2,000 ready", 3_000, () -> discovery().status().ready() == 2_000);
    assertThat(discovery().status().sensors()).hasSize(SensorChoice.SENSORS_MAX);
    assertThat(server.requests).hasSize(2);
  }

  @Test
  void withoutCredentialsItSaysWhatIsMissing() throws IOException {
    Files.delete(folder.resolve("token"));
    start();
    await("no token", 3_000, () -> failures(ApiFailure.NO_CREDENTIALS) >= 1);
    assertThat(discovery().status().problem()).contains(folder.resolve("token").toString());
  }

  private static final class ScriptedDns implements NameFollower.Resolver {
    volatile String[] addresses = {};

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      String[] now = addresses;
      if (now.length == 0) {
        throw new UnknownHostException(host);
      }
      return IntStream.range(0, now.length)
          .mapToObj(i -> InetAddress.ofLiteral(now[i]))
          .toArray(InetAddress[]::new);
    }
  }

  @Test
  void followsANameAndKeepsItsAddressesWhileDnsIsAway() {
    ScriptedDns dns = new ScriptedDns();
    SensorTarget.Name name = new SensorTarget.Name("dns:zeek:4790", "zeek", 4_790);
    Findings findings = new Findings(name, new SensorChoice("", 1, one -> true), log::add);
    boolean[] ipv6Only = {false};
    NameFollower follower =
        new NameFollower(
            name,
            4_790,
            dns,
            one -> (one.address().getAddress().length == 16) == ipv6Only[0],
            findings,
            new Backoff(1));
    assertThat(follower.step()).isLessThanOrEqualTo(2_000);
    assertThat(findings.poll()).isNull();
    dns.addresses = new String[] {"10.0.0.4", "fd00::3", "10.0.0.3"};
    assertThat(follower.step()).isBetween(7_500L, 12_500L);
    SensorSet both = new SensorSet(endpoints("10.0.0.3", "10.0.0.4"), false);
    assertThat(findings.poll()).isEqualTo(both);
    dns.addresses = new String[] {};
    follower.step();
    assertThat(findings.poll()).isNull();
    assertThat(findings.status().sensors()).hasSize(2);
    assertThat(findings.status().following()).isFalse();
    ipv6Only[0] = true;
    dns.addresses = new String[] {"10.0.0.4", "fd00::3", "10.0.0.3"};
    follower.step();
    assertThat(findings.poll()).isEqualTo(new SensorSet(endpoints("fd00::3"), false));
    assertThat(log.toString()).contains("DNS has no address of zeek").contains("current again");
  }

  private static List<Endpoint> endpoints(String... addresses) {
    return Stream.of(addresses).map(address -> Endpoint.parse(address, 4_790)).toList();
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
