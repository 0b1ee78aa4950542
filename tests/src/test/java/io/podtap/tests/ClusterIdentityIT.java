/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who it is, while all pods are replaced again and again: tapped callers ask tapped servers by pod,
 * by service and by node port. A caller writes its name and address into the request, a server its
 * name into the status line, so each record can be compared with what its own packets say.
 *
 * <p>{@code -Dpodtap.updates=90} makes half an hour of it.
 */
@RequiresCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIdentityIT {

  private static final int UPDATES = Integer.getInteger("podtap.updates", 4);
  private static final Duration BETWEEN_UPDATES = Duration.ofSeconds(20);

  /** A machine that is busy needs more updates until there are so many. */
  private static final int REQUESTS_MIN = 1_000;

  private static final int UPDATES_MAX = 5 * UPDATES;

  private static final String NAMESPACE = "ledgers";

  /** {@code /cgi-bin/who?CALLER,ADDRESS,NUMBER}. */
  private static final Pattern REQUEST = Pattern.compile("/cgi-bin/who\\?([^,]+),([^,]+),(\\d+)");

  private static final String WORKLOADS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: server, namespace: NAMESPACE}
      spec:
        replicas: 2
        strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
        selector: {matchLabels: {app: server}}
        template:
          metadata: {labels: {app: server}}
          spec:
            terminationGracePeriodSeconds: 10
            containers:
              - name: main
                image: TOOLS
                command:
                  - sh
                  - -c
                  - |
                    mkdir -p /tmp/www/cgi-bin
                    printf '#!/bin/sh\\nprintf "Status: 200 %s\\\\r\\\\n\\\\r\\\\n"\\n' "$(hostname)" >/tmp/www/cgi-bin/who
                    chmod +x /tmp/www/cgi-bin/who
                    trap exit TERM
                    httpd -f -p 80 -h /tmp/www & wait
                readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
                lifecycle: {preStop: {sleep: {seconds: 3}}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: server, namespace: NAMESPACE}
      spec: {type: NodePort, selector: {app: server}, ports: [{port: 80}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: pods, namespace: NAMESPACE}
      spec: {clusterIP: None, selector: {app: server}, ports: [{port: 80}]}
      """;

  private static final String CALLERS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: caller, namespace: NAMESPACE}
      spec:
        replicas: 3
        strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 1}}
        selector: {matchLabels: {app: caller}}
        template:
          metadata: {labels: {app: caller}}
          spec:
            terminationGracePeriodSeconds: 5
            containers:
              - name: main
                image: TOOLS
                env:
                  - {name: NODE_ADDRESS, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
                  - {name: OWN_ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                command:
                  - sh
                  - -c
                  - |
                    trap exit TERM
                    i=0
                    while true; do
                      i=$((i + 1))
                      case $((i % 3)) in 0) to=server ;; 1) to=$NODE_ADDRESS:NODE_PORT ;; *) to=pods ;; esac
                      timeout 5 wget -q -O /dev/null "http://$to/cgi-bin/who?$(hostname),$OWN_ADDRESS,$i"
                      sleep 0.1
                    done
      """;

  private final Cluster cluster = Cluster.named().orElseThrow();
  private final ClusterRecords records = new ClusterRecords(cluster);
  private String service = "";
  private String node = "";

  @TempDir static Path folder;

  /** What the packets of one connection say of its ends. */
  private record Truth(String caller, String callerAddress, String server) {}

  /** What came of comparing. */
  private static final class Verdict {
    private final Set<String> requests = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> unnamed = new ArrayList<>();
    private final List<String> tappedUnnamed = new ArrayList<>();
    private final Map<String, Integer> records = new HashMap<>();

    private int count() {
      return records.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void print(String what) {
      System.out.printf(
          "%s: %d updates at least, %d requests, records %s, %d without both names, %d without the"
              + " tapped pod's, %d wrong%n",
          what,
          UPDATES,
          requests.size(),
          records,
          unnamed.size(),
          tappedUnnamed.size(),
          wrong.size());
    }
  }

  @BeforeAll
  void install() throws IOException {
    cluster.install();
    cluster.createTappedNamespace(NAMESPACE);
    apply("servers.yaml", WORKLOADS);
    cluster.awaitRollout(NAMESPACE, "deployment/server");
    service = cluster.field(NAMESPACE, "service/server", ".spec.clusterIP");
    String port = cluster.field(NAMESPACE, "service/server", ".spec.ports[0].nodePort");
    apply("callers.yaml", CALLERS.replace("NODE_PORT", port));
    cluster.awaitRollout(NAMESPACE, "deployment/caller");
    node =
        cluster.field(
            NAMESPACE, "pod/" + cluster.pods(NAMESPACE, "app=caller").getFirst(), ".status.hostIP");
  }

  @AfterAll
  void remove() {
    cluster.deleteNamespaces(List.of(NAMESPACE));
    cluster.uninstall();
    cluster.deleteNamespaces(List.of("podtap"));
  }

  @Test
  @Order(1)
  void bothEndsAreNamedByTheApiAndNoneWrongly() {
    Verdict verdict = judge(update());
    verdict.print("api");
    assertThat(verdict.requests).hasSizeGreaterThanOrEqualTo(REQUESTS_MIN);
    assertThat(verdict.wrong).isEmpty();
    assertThat(verdict.tappedUnnamed).isEmpty();
    assertThat(verdict.unnamed.size() * 1_000L)
        .as(() -> String.join("\n", verdict.unnamed))
        .isLessThanOrEqualTo(verdict.count());
  }

  @Test
  @Order(2)
  void theTappedEndIsNamedByReportsAloneAndNoneWrongly() {
    cluster.upgrade("--set=sensor.identity=reports");
    // Taps that run report to the new sensor within seconds; from then on nothing may be missing.
    cluster
        .pods(NAMESPACE, "app=server")
        .forEach(pod -> records.tap(pod, row -> row.text("tap.state").equals("running")));
    cluster.scale(NAMESPACE, "caller", 3);
    cluster.awaitRollout(NAMESPACE, "deployment/caller");
    assertThat(cluster.kubectl("get", "clusterrole", "-o", "name"))
        .doesNotContain("podtap-sensor-identity");
    Verdict verdict = judge(update());
    verdict.print("reports");
    assertThat(verdict.requests).hasSizeGreaterThanOrEqualTo(REQUESTS_MIN);
    assertThat(verdict.wrong).isEmpty();
    assertThat(verdict.tappedUnnamed).isEmpty();
  }

  /** Replaces all pods again and again under load, ends the load, and returns the records. */
  private List<Logs.Row> update() {
    for (int i = 0; i < UPDATES || (i < UPDATES_MAX && requests() < REQUESTS_MIN); i++) {
      long nextNs = System.nanoTime() + BETWEEN_UPDATES.toNanos();
      cluster.kubectl("-n", NAMESPACE, "rollout", "restart", "deployment/server");
      cluster.kubectl("-n", NAMESPACE, "rollout", "restart", "deployment/caller");
      cluster.awaitRollout(NAMESPACE, "deployment/server");
      cluster.awaitRollout(NAMESPACE, "deployment/caller");
      Program.pause(Math.max(0, (int) Duration.ofNanos(nextNs - System.nanoTime()).toMillis()));
    }
    cluster.scale(NAMESPACE, "caller", 0);
    cluster.awaitAll(NAMESPACE, "delete", "app=caller");
    return Cluster.eventually()
        .until(() -> records.all(row -> !row.text("uid").equals("-")), rows -> isWhole(rows));
  }

  /** Returns how many requests have been recorded, each of them once or twice. */
  private int requests() {
    return judge(records.all(row -> REQUEST.matcher(row.text("uri")).matches())).requests.size();
  }

  /** Returns whether every connection with a request has been recorded. */
  private static boolean isWhole(List<Logs.Row> rows) {
    Set<String> open = new HashSet<>(truths(rows).keySet());
    rows.stream()
        .filter(row -> row.fields().containsKey("conn_state"))
        .forEach(row -> open.remove(row.text("uid")));
    return open.isEmpty();
  }

  /** Returns what is known of connections, by their uid: of those alone that were answered. */
  private static Map<String, Truth> truths(List<Logs.Row> rows) {
    Map<String, Truth> truths = new HashMap<>();
    for (Logs.Row row : rows) {
      Matcher request = REQUEST.matcher(row.text("uri"));
      if (request.matches() && row.text("status_msg").startsWith("server-")) {
        truths.put(
            row.text("uid"), new Truth(request.group(1), request.group(2), row.text("status_msg")));
      }
    }
    return truths;
  }

  private Verdict judge(List<Logs.Row> rows) {
    Map<String, Truth> truths = truths(rows);
    Verdict verdict = new Verdict();
    for (Logs.Row row : rows) {
      Truth truth = truths.get(row.text("uid"));
      if (truth != null) {
        judge(row, truth, verdict);
      }
    }
    return verdict;
  }

  private void judge(Logs.Row row, Truth truth, Verdict verdict) {
    Matcher request = REQUEST.matcher(row.text("uri"));
    if (request.matches()) {
      verdict.requests.add(request.group(1) + request.group(3));
    }
    verdict.records.merge(log(row), 1, Integer::sum);
    // A request to a node's port comes to the server from an address of the node.
    boolean isCaller = row.text("id.orig_h").equals(truth.callerAddress());
    boolean isService = row.text("id.resp_h").equals(service) || row.text("id.resp_h").equals(node);
    boolean isOriginatorRight =
        isCaller
            ? is(row, "orig", truth.caller(), "Deployment/caller")
            : isAbsent(row, "orig", "pod") && isAbsent(row, "orig", "workload");
    boolean isResponderRight =
        isService
            ? isAbsent(row, "resp", "pod") && isAbsentOr(row, "k8s.resp.service", "server")
            : is(row, "resp", truth.server(), "Deployment/server");
    if (!isOriginatorRight || !isResponderRight) {
      verdict.wrong.add(truth + " was called " + row.fields());
    }
    boolean isOriginatorNamed = !isAbsent(row, "orig", isCaller ? "workload" : "node");
    boolean isResponderNamed = !isAbsent(row, "resp", isService ? "service" : "workload");
    if (!isOriginatorNamed || !isResponderNamed) {
      verdict.unnamed.add(row.fields().toString());
    }
    // The caller's tap alone sees the address that was asked, the server's alone the node's.
    if (isService ? !isOriginatorNamed : !isResponderNamed && !(isCaller && isOriginatorNamed)) {
      verdict.tappedUnnamed.add(row.fields().toString());
    }
  }

  private static String log(Logs.Row row) {
    if (row.fields().containsKey("conn_state")) {
      return "conn";
    }
    return row.fields().containsKey("uri") ? "http" : "other";
  }

  private static boolean is(Logs.Row row, String end, String pod, String workload) {
    return isAbsentOr(row, "k8s." + end + ".pod", pod)
        && isAbsentOr(row, "k8s." + end + ".workload", workload)
        && isAbsentOr(row, "k8s." + end + ".namespace", NAMESPACE);
  }

  private static boolean isAbsent(Logs.Row row, String end, String field) {
    return row.text("k8s." + end + '.' + field).equals("-");
  }

  private static boolean isAbsentOr(Logs.Row row, String field, String expected) {
    String value = row.text(field);
    return value.equals("-") || value.equals(expected);
  }

  private void apply(String name, String manifest) throws IOException {
    String text = manifest.replace("NAMESPACE", NAMESPACE).replace("TOOLS", cluster.tools());
    cluster.apply(Files.writeString(folder.resolve(name), text));
  }
}
