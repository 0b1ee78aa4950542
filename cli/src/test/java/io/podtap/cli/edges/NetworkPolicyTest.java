/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.cli.edges.LogFolder.Form;
import io.podtap.cli.edges.LogFolder.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies allow every connection in the logs and no other. */
final class NetworkPolicyTest {

  private static final List<String> PORTS = List.of("tcp 80", "tcp 443", "tcp 53", "udp 53");

  @TempDir private Path folder;

  /** Something with a name and one host or more. */
  private record Party(String name, List<PolicyEvaluator.Host> hosts) {}

  private static List<Party> parties(Random random) {
    List<Party> parties = new ArrayList<>();
    int address = 1;
    for (String namespace : List.of("shop", "pay", "kube-system")) {
      for (String app : List.of("a", "b", "c")) {
        List<PolicyEvaluator.Host> pods = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
          Map<String, String> labels =
              Map.of(
                  "app", app, "tier", "t", "example.com/on", "true", "pod-template-hash", "h" + i);
          pods.add(new PolicyEvaluator.Host(namespace, labels, "10.0.0." + address++));
        }
        parties.add(new Party(namespace + "/Deployment/" + app, pods));
      }
    }
    for (int i = 1; i <= 3; i++) {
      parties.add(outside("world", "198.51.100." + i));
    }
    parties.add(outside("world", "2001:db8::7"));
    parties.add(outside("node", "172.16.0.1"));
    parties.add(outside("unknown", "192.168.7.7"));
    return parties;
  }

  private static Party outside(String name, String address) {
    return new Party(name, List.of(new PolicyEvaluator.Host(null, Map.of(), address)));
  }

  private static boolean isPods(Party party) {
    return party.name().indexOf('/') > 0;
  }

  private static void fields(List<String> fields, String prefix, Party party) {
    if (isPods(party)) {
      int slash = party.name().indexOf('/');
      fields.addAll(
          List.of(
              prefix + "namespace", party.name().substring(0, slash),
              prefix + "workload", party.name().substring(slash + 1)));
    } else if (party.name().equals("world")) {
      fields.addAll(List.of(prefix + "workload", "world"));
    } else if (party.name().equals("node")) {
      fields.addAll(List.of(prefix + "node", "node-1"));
    }
  }

  private static <T> T any(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void allowsWhatWasSeenAndNothingElse(long seed) throws Exception {
    Random random = new Random(seed);
    List<Party> parties = parties(random);
    LogFolder logs = new LogFolder(folder);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10 + random.nextInt(60); i++) {
      Party client = any(parties, random);
      Party server = any(parties, random);
      String port = any(PORTS, random);
      int blank = port.indexOf(' ');
      List<String> fields = new ArrayList<>();
      fields(fields, "k8s.orig.", client);
      fields(fields, "k8s.resp.", server);
      fields.addAll(
          List.of(
              "id.orig_h", any(client.hosts(), random).address(),
              "id.resp_h", any(server.hosts(), random).address(),
              "proto", port.substring(0, blank),
              "id.resp_p", port.substring(blank + 1)));
      logs.connection(fields.toArray(new String[0]));
      seen.add(key(client, server, port));
    }
    for (Party party : parties) {
      identities(logs, party);
    }
    logs.write(Form.values()[(int) (seed % Form.values().length)]);
    List<Party> workloads = parties.stream().filter(NetworkPolicyTest::isPods).toList();
    PolicyEvaluator everyone = new PolicyEvaluator();
    int subjects = 0;
    for (Party subject : workloads) {
      Run run = logs.run("--network-policy", subject.name(), "--unknown-by-address");
      if (run.exitCode() != 0) {
        assertThat(run.err()).contains("no connection of " + subject.name());
        assertThat(seen).noneMatch(key -> key.contains(subject.name()));
        continue;
      }
      subjects++;
      PolicyEvaluator alone = new PolicyEvaluator();
      alone.add(run.out());
      everyone.add(run.out());
      assertThat(alone.count()).isEqualTo(2);
      assertThat(run.out()).contains("# Taps of these pods", "examples/network-policy.yaml");
      for (Party peer : parties) {
        compare(alone, subject, peer, seen);
        compare(alone, peer, subject, seen);
      }
    }
    assertThat(subjects).isPositive();
    assertThat(everyone.count()).isEqualTo(2 * subjects);
    for (Party client : workloads) {
      for (Party server : workloads) {
        if (seen.stream().anyMatch(key -> key.contains(client.name()))) {
          compare(everyone, client, server, seen);
        }
      }
    }
  }

  private static String key(Party client, Party server, String port) {
    return client.name()
        + (isPods(client) ? "" : client.hosts().getFirst().address())
        + " "
        + server.name()
        + (isPods(server) ? "" : server.hosts().getFirst().address())
        + " "
        + port;
  }

  private static void identities(LogFolder logs, Party party) {
    for (PolicyEvaluator.Host host : party.hosts()) {
      if (host.namespace() != null) {
        List<String> labels = new ArrayList<>();
        host.labels().forEach((name, value) -> labels.add(name + "=" + value));
        logs.identity(
            "kind", "pod",
            "address", host.address(),
            "namespace", host.namespace(),
            "pod", "p" + host.address(),
            "workload_kind", "Deployment",
            "workload", party.name().substring(party.name().lastIndexOf('/') + 1),
            "labels", String.join(",", labels));
      }
    }
  }

  private static void compare(
      PolicyEvaluator policies, Party client, Party server, Set<String> seen) {
    for (String port : PORTS) {
      int blank = port.indexOf(' ');
      for (PolicyEvaluator.Host from : client.hosts()) {
        for (PolicyEvaluator.Host to : server.hosts()) {
          assertThat(
                  policies.allows(
                      from,
                      to,
                      port.substring(0, blank),
                      Integer.parseInt(port.substring(blank + 1))))
              .as("%s to %s, %s", client.name(), server.name(), port)
              .isEqualTo(seen.contains(key(client, server, port)));
        }
      }
    }
  }

  private LogFolder webToService() {
    return new LogFolder(folder)
        .connection(
            "k8s.orig.namespace", "shop",
            "k8s.orig.workload", "Deployment/web",
            "k8s.resp.namespace", "shop",
            "k8s.resp.service", "cart");
  }

  @Test
  void nothingIsGuessedOfWorkloadsAndServices() throws Exception {
    LogFolder logs = webToService().write(Form.JSON);
    assertRefused(
        logs.run("--network-policy", "shop/Deployment/web"),
        "pass --target-port shop/Service/cart");
    assertRefused(
        logs.run(
            "--network-policy", "shop/Deployment/web",
            "--target-port", "shop/Service/cart:80=8080"),
        "no labels of shop/Service/cart are known");
    assertRefused(
        logs.run(
            "--network-policy", "shop/Deployment/web",
            "--target-port", "shop/Service/cart:80=8080",
            "--selector", "shop/Service/cart:app=cart"),
        "no labels of shop/Deployment/web are known");
    assertRefused(logs.run("--network-policy", "shop/Service/cart"), "no workload");
    assertRefused(logs.run("--network-policy", "web"), "expected NAMESPACE/KIND/NAME");
    assertRefused(logs.run("--selector", "app=web"), "requires --network-policy");
    assertRefused(
        logs.run("--network-policy", "shop/Deployment/web", "--selector", "app"),
        "invalid selector");
  }

  @Test
  void servicesAreTheirPods() throws Exception {
    LogFolder logs = webToService().write(Form.JSON);
    PolicyEvaluator policies = new PolicyEvaluator();
    for (String name : List.of("web", "cart")) {
      Run run =
          logs.run(
              "--network-policy", "shop/Deployment/" + name,
              "--target-port", "shop/Service/cart:80=8080",
              "--selector", "shop/Service/cart:app=cart",
              "--selector", "shop/Deployment/web:app=web",
              "--selector", "shop/Deployment/cart:app=cart");
      assertThat(run.err()).isEmpty();
      policies.add(run.out());
    }
    PolicyEvaluator.Host web = pod("shop", "web");
    PolicyEvaluator.Host cart = pod("shop", "cart");
    assertThat(policies.allows(web, cart, "tcp", 8080)).isTrue();
    assertThat(policies.allows(web, cart, "tcp", 80)).isFalse();
    assertThat(policies.allows(pod("shop", "other"), cart, "tcp", 8080)).isFalse();
    assertThat(policies.allows(pod("pay", "web"), cart, "tcp", 8080)).isFalse();
    assertThat(policies.allows(cart, web, "tcp", 8080)).isFalse();
  }

  private static String[] accepted(String port, String time) {
    return new String[] {
      "ts", time,
      "id.orig_p", port,
      "id.resp_p", "8080",
      "k8s.orig.namespace", "shop",
      "k8s.orig.workload", "Deployment/web",
      "k8s.resp.namespace", "shop",
      "k8s.resp.workload", "Deployment/cart"
    };
  }

  private static PolicyEvaluator.Host pod(String namespace, String app) {
    return new PolicyEvaluator.Host(namespace, Map.of("app", app), "10.0.0.9");
  }

  @Test
  void podsBehindServicesAreThoseThatAccepted() throws Exception {
    LogFolder logs =
        webToService()
            .connection(accepted("40000", "1790000001.750000"))
            .connection(accepted("50000", "1790000010.000000"))
            .connection(
                "id.orig_p", "50000",
                "ts", "1790000008.500000",
                "k8s.orig.namespace", "shop",
                "k8s.orig.workload", "Deployment/web",
                "k8s.resp.namespace", "shop",
                "k8s.resp.service", "cart");
    logs.write(Form.JSON);
    String[] cart = {
      "--network-policy", "shop/Deployment/cart",
      "--selector", "shop/Deployment/web:app=web",
      "--selector", "shop/Deployment/cart:app=cart"
    };
    String[] web = cart.clone();
    web[1] = "shop/Deployment/web";
    PolicyEvaluator policies = new PolicyEvaluator();
    for (String[] subject : List.of(cart, web)) {
      Run run = logs.run(subject);
      assertThat(run.err()).isEmpty();
      assertThat(run.out()).doesNotContain("Service");
      policies.add(run.out());
    }
    assertThat(policies.allows(pod("shop", "web"), pod("shop", "cart"), "tcp", 8080)).isTrue();
    assertThat(policies.allows(pod("shop", "web"), pod("shop", "cart"), "tcp", 80)).isFalse();
    logs.connection(
            "id.orig_p", "50000", // the same port, much later
            "ts", "1790000100.000000",
            "k8s.orig.namespace", "shop",
            "k8s.orig.workload", "Deployment/web",
            "k8s.resp.namespace", "shop",
            "k8s.resp.service", "cart")
        .write(Form.JSON);
    assertRefused(logs.run(web), "pass --target-port shop/Service/cart");
    assertThat(logs.run(cart).out()).contains("# unknown pods behind shop/Service/cart");
  }

  @Test
  void selectorsThatSelectOthersAreRefused() throws Exception {
    LogFolder logs =
        webToService()
            .identity(pods("web", "app=shop,part=web"))
            .identity(pods("web", "app=shop,part=web,canary=1"))
            .identity(pods("cart", "app=shop,part=cart"))
            .write(Form.TSV);
    String[] service = {
      "--network-policy", "shop/Deployment/web",
      "--target-port", "shop/Service/cart:80=8080",
      "--selector", "shop/Service/cart:part=cart"
    };
    Run run = logs.run(service);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("\"part\": \"web\"").doesNotContain("canary");
    assertRefused(
        logs.run(with(service, "--selector", "app=shop")),
        "selects pods of shop/Deployment/cart as well: app=shop");
    assertRefused(
        logs.run(with(service, "--selector", "part=web,canary=1")),
        "does not select all of its pods");
  }

  private static String[] pods(String name, String labels) {
    return new String[] {
      "kind",
      "pod",
      "namespace",
      "shop",
      "pod",
      name + "-1",
      "workload_kind",
      "Deployment",
      "workload",
      name,
      "labels",
      labels
    };
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }

  @Test
  void unknownAddressesAndFailuresAreTheUsersChoice() throws Exception {
    LogFolder logs =
        new LogFolder(folder)
            .connection(
                "k8s.orig.namespace", "shop",
                "k8s.orig.workload", "Deployment/web",
                "conn_state", "S0")
            .connection(
                "proto", "icmp",
                "k8s.orig.namespace", "shop",
                "k8s.orig.workload", "Deployment/web")
            .write(Form.JSON);
    String[] web = {"--network-policy", "shop/Deployment/web", "--selector", "app=web"};
    assertRefused(logs.run(web), "have no name (10.0.0.2): pass --unknown-by-address");
    String allowed = logs.run(with(web, "--unknown-by-address")).out();
    assertThat(allowed)
        .contains("cidr: \"10.0.0.2/32\"", "# connections: 1, failed: 1, 2026-09-21T14:13:20Z")
        .contains("# policies cannot name icmp: shop/Deployment/web to unknown");
    assertThat(logs.run(with(web, "--unknown-by-address", "--answered-only")).out())
        .contains("  egress: []", "  ingress: []");
  }

  @Test
  void podsInTheNetworkOfTheirNodeAreTheNode() throws Exception {
    LogFolder logs =
        new LogFolder(folder)
            .connection(
                "k8s.orig.namespace", "kube-system",
                "k8s.orig.workload", "DaemonSet/agent",
                "k8s.resp.namespace", "shop",
                "k8s.resp.workload", "Deployment/web")
            .identity("kind", "node", "address", "10.0.0.1", "node", "node-1")
            .write(Form.TSV_GZ);
    Run run = logs.run("--network-policy", "shop/Deployment/web", "--selector", "app=web");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("# node/node-1", "cidr: \"10.0.0.1/32\"");
  }

  private static void assertRefused(Run run, String message) {
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("podtap: ").contains(message).hasLineCount(1);
  }
}
