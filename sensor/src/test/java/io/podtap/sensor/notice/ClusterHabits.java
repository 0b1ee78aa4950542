/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import java.time.Duration;
import java.util.List;

/**
 * What goes on in a cluster beside its applications: probes of all kinds, search lists of DNS,
 * replicas that talk to each other, elections of leaders, autoscaling, logs, backups, a mesh,
 * clocks, rolling updates whose old pods are still asked for. Nothing of it is to be noticed.
 */
final class ClusterHabits {

  private static final int NODE = ClusterTraffic.NODE;
  private static final int NODE_DNS = ClusterTraffic.address(169, 254, 20, 10);
  private static final int UPSTREAM_DNS = ClusterTraffic.address(10, 0, 0, 2);
  private static final long BACKUP_BYTES = 25 << 20;
  private static final int TARGETS = 200;

  /** Logs have the words of whatever happens. */
  private static final List<String> LINES =
      List.of(
          "type=SYSCALL msg=audit(1700000000.1:42): uid=0 gid=0 euid=0 suid=0 comm=id",
          "bash: no job control in this shell",
          "GET /x.php?cmd=id 404",
          "template ${HOME}/${env:PATH} rejected",
          "updated Secret db, kind: Secret of shop",
          "Linux version 6.1.0-18-amd64 (gcc-12, x86_64-linux-gnu) #1 SMP",
          "{\\\"method\\\":\\\"login\\\",\\\"user\\\":\\\"alice\\\"}");

  private final ClusterTraffic traffic;

  ClusterHabits(ClusterTraffic traffic) {
    this.traffic = traffic;
    traffic.name(NODE_DNS, "");
    traffic.scale("data/kafka", 3);
    traffic.scale("data/replica", 2);
    traffic.scale("kube-system/metrics-server", 1);
    traffic.scale("kube-system/admission", 2);
    traffic.scale("kube-system/ingress", 2);
    traffic.scale("kube-system/operator", 2);
    traffic.scale("logs/shipper", 1);
    traffic.scale("logs/store", 1);
    traffic.scale("logs/dashboard", 1);
    traffic.scale("apps/worker", TARGETS);
  }

  /** Begins everything. */
  ClusterHabits begin() {
    traffic.every(Duration.ofSeconds(90), this::probes);
    traffic.every(Duration.ofSeconds(45), this::names);
    traffic.every(Duration.ofMinutes(2), this::replicate);
    traffic.every(Duration.ofSeconds(20), this::elect);
    traffic.every(Duration.ofMinutes(1), this::scale);
    traffic.every(Duration.ofSeconds(50), this::log);
    traffic.every(Duration.ofMinutes(10), this::scrapeMany);
    traffic.every(Duration.ofMinutes(17), this::clocks);
    traffic.every(Duration.ofMinutes(25), this::pull);
    traffic.every(Duration.ofMinutes(30), this::update);
    traffic.every(Duration.ofMinutes(15), this::job);
    traffic.every(Duration.ofHours(1), this::backUp);
    return this;
  }

  /** By gRPC, by connecting alone, and of pods that are not ready yet. */
  private void probes() {
    for (int pod : traffic.all("kube-system/operator")) {
      String preface =
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0" + "\0\0\0\4\1\0\0\0\0";
      traffic.exchange(NODE, pod, 50_051, preface, "\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0");
    }
    for (int pod : traffic.all("data/postgres")) {
      traffic.probe(NODE, pod, 5_432);
    }
    for (int pod : traffic.all("data/kafka")) {
      traffic.probe(NODE, pod, 9_092);
    }
  }

  /**
   * Through search lists, of headless services, and of names outside, by a resolver on the node.
   */
  private void names() {
    int web = traffic.any("shop/web");
    for (String search :
        List.of("shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example")) {
      traffic.query(web, NODE_DNS, "api.payments.example." + search, 0);
    }
    traffic.query(web, NODE_DNS, "api.payments.example", ClusterTraffic.address(52, 10, 1, 9));
    traffic.query(
        traffic.any("data/kafka"),
        NODE_DNS,
        "kafka-1.kafka.data.svc.cluster.local",
        traffic.any("data/kafka"));
    traffic.query(ClusterTraffic.DNS, UPSTREAM_DNS, "eu.payments.example", 0);
  }

  private void replicate() {
    List<Integer> brokers = traffic.all("data/kafka");
    for (int from : brokers) {
      for (int to : brokers) {
        if (from != to) {
          traffic.exchange(from, to, 9_093, "\0\0\0\1x", "\0\0\0\1y");
        }
      }
    }
    for (int replica : traffic.all("data/replica")) {
      traffic.exchange(replica, traffic.any("data/postgres"), 5_432, "\1\2\3", "\4\5\6");
    }
  }

  /** Leases are renewed; admission is asked; metrics are read from kubelets. */
  private void elect() {
    int server = traffic.any("kube-system/apiserver");
    for (int pod : traffic.all("kube-system/operator")) {
      traffic.exchange(pod, server, 6_443, "\1\2\3", "\4\5\6");
    }
    traffic.exchange(server, traffic.any("kube-system/admission"), 8_443, "\1\2\3", "\4\5\6");
  }

  private void scale() {
    int metrics = traffic.any("kube-system/metrics-server");
    traffic.exchange(metrics, NODE, 10_250, "\1\2\3", "\4\5\6");
    traffic.exchange(traffic.any("kube-system/apiserver"), metrics, 4_443, "\1\2\3", "\4\5\6");
    int client = ClusterTraffic.address(198, 18, traffic.number(256), traffic.number(256));
    int ingress = traffic.any("kube-system/ingress");
    traffic.exchange(client, ingress, 443, "\1\2\3", "\4\5\6");
    // a mesh: between its proxies nothing is in the clear
    traffic.exchange(ingress, traffic.any("shop/web"), 15_008, "\1\2\3", "\4\5\6");
    traffic.exchange(traffic.any("shop/web"), traffic.any("shop/api"), 15_008, "\1\2", "\4\5\6");
  }

  private void log() {
    String line = LINES.get(traffic.number(LINES.size()));
    String json = "{\"index\":{}}\n{\"log\":\"" + line + "\\n\"}\n";
    int store = traffic.any("logs/store");
    traffic.exchange(
        traffic.any("logs/shipper"),
        store,
        3_100,
        "POST /loki/api/v1/push HTTP/1.1\r\nHost: store\r\nContent-Length: "
            + json.length()
            + "\r\n\r\n"
            + json,
        "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
    traffic.exchange(
        traffic.any("logs/shipper"), store, 6_514, "<13>1 - web a - - " + line + "\n", "");
    String found = "{\"values\":[[\"1\",\"" + line + "\"]]}";
    traffic.exchange(
        traffic.any("logs/dashboard"),
        store,
        3_100,
        "GET /loki/api/v1/query_range?query=uid&cmd=list HTTP/1.1\r\nHost: store\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + found.length()
            + "\r\n\r\n"
            + found);
  }

  private void scrapeMany() {
    int prometheus = traffic.any("monitoring/prometheus");
    for (int pod : traffic.all("apps/worker")) {
      traffic.http(prometheus, pod, 9_090, "/metrics", 900);
    }
  }

  private void clocks() {
    int server = ClusterTraffic.address(193, 5, traffic.number(8), traffic.number(200) + 1);
    traffic.query(NODE, "2.pool.ntp.example", server);
    byte[] request = new byte[48];
    request[0] = 0x23;
    traffic.datagrams(NODE, server, 123, request);
  }

  /** An image, from a network of servers whose addresses change. */
  private void pull() {
    int registry = ClusterTraffic.address(54, 30, traffic.number(4), traffic.number(200) + 1);
    traffic.query(NODE, "cdn.registry.example", registry);
    for (int layer = 0; layer < 4; layer++) {
      traffic.exchange(NODE, registry, 443, "\1\2\3", "\4".repeat(30_000));
    }
  }

  /** For a while clients still ask for pods that are gone; new ones do not listen at once. */
  private void update() {
    List<Integer> old = traffic.roll("shop/api");
    for (int pod : old) {
      for (int client : traffic.all("shop/web")) {
        traffic.silent(client, pod, 8_080);
        traffic.refused(client, pod, 8_080);
      }
    }
    for (int pod : traffic.all("shop/api")) {
      for (int i = 0; i < 3; i++) {
        traffic.refused(NODE, pod, 8_080);
      }
    }
  }

  /** A pod that lives for a moment and reads a database. */
  private void job() {
    traffic.scale("data/report", 0);
    traffic.scale("data/report", 1);
    traffic.exchange(
        traffic.any("data/report"), traffic.any("data/postgres"), 5_432, "\1\2\3", "\4\5\6");
  }

  private void backUp() {
    int replica = traffic.any("data/replica");
    int store = ClusterTraffic.address(52, 20, 2, traffic.number(50) + 1);
    traffic.query(replica, "bucket.store.example", store);
    traffic.upload(replica, store, 443, BACKUP_BYTES);
  }

  /** A release of the API that begins to write to the brokers, which is new. */
  void beginToWrite() {
    traffic.every(
        Duration.ofMinutes(1),
        () ->
            traffic.exchange(
                traffic.any("shop/api"), traffic.any("data/kafka"), 9_092, "\0\0\0\1x", "\0"));
  }

  /** A release of the API that reports to a vendor each minute, which is new. */
  void beginToReport() {
    int vendor = ClusterTraffic.address(151, 101, 2, 3);
    traffic.every(
        Duration.ofMinutes(1),
        () -> {
          traffic.query(traffic.any("shop/api"), "in.vendor.example", vendor);
          traffic.exchange(traffic.any("shop/api"), vendor, 443, "\1\2\3report", "\4");
        });
  }
}
