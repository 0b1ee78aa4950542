/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.cli.edges.LogFolder.Form;
import io.podtap.cli.edges.LogFolder.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EdgesTest {

  @TempDir private Path folder;

  private LogFolder shop() {
    return new LogFolder(folder)
        .connection(
            "service", "http",
            "k8s.orig.namespace", "shop",
            "k8s.orig.workload", "Deployment/web",
            "k8s.resp.namespace", "shop",
            "k8s.resp.workload", "Deployment/cart")
        .connection(
            "ts", "1790000100.000000",
            "service", "http",
            "k8s.orig.namespace", "shop",
            "k8s.orig.workload", "Deployment/web",
            "k8s.resp.namespace", "shop",
            "k8s.resp.workload", "Deployment/cart")
        .connection(
            "conn_state", "REJ",
            "duration", "",
            "orig_bytes", "",
            "resp_bytes", "",
            "k8s.orig.namespace", "shop",
            "k8s.orig.workload", "Deployment/web",
            "k8s.resp.namespace", "shop",
            "k8s.resp.service", "cart")
        .connection(
            "proto", "udp",
            "service", "dns",
            "id.resp_p", "53",
            "k8s.orig.namespace", "pay",
            "k8s.orig.workload", "StatefulSet/db",
            "k8s.resp.namespace", "kube-system",
            "k8s.resp.workload", "Deployment/coredns")
        .connection(
            "id.resp_h", "93.184.216.34",
            "id.resp_p", "443",
            "service", "ssl",
            "k8s.orig.namespace", "shop",
            "k8s.orig.workload", "Deployment/web",
            "k8s.resp.workload", "world",
            "resp_name", "api.example.com")
        .connection(
            "proto", "icmp",
            "id.resp_p", "0",
            "k8s.orig.node", "node-1",
            "k8s.resp.namespace", "shop",
            "k8s.resp.workload", "Pod/lonely");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void tableHasOneLineForEachEdgeWhateverTheForm(Form form) throws Exception {
    Run run = shop().write(form).run();
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines().map(line -> line.replaceAll(" {3,}", "|")))
        .containsExactly(
            "CLIENT|SERVER|PORT|SERVICE|CONNECTIONS|FAILED|SENT|RECEIVED|FIRST|LAST",
            "pay/StatefulSet/db|kube-system/Deployment/coredns|53/udp|dns|1|0|100|2000"
                + "|2026-09-21T14:13:20Z|2026-09-21T14:13:21Z",
            "shop/Deployment/web|shop/Deployment/cart|80/tcp|http|2|0|200|4000"
                + "|2026-09-21T14:13:20Z|2026-09-21T14:15:01Z",
            "shop/Deployment/web|shop/Service/cart|80/tcp|-|1|1|0|0"
                + "|2026-09-21T14:13:20Z|2026-09-21T14:13:20Z",
            "shop/Deployment/web|world|443/tcp|ssl|1|0|100|2000"
                + "|2026-09-21T14:13:20Z|2026-09-21T14:13:21Z",
            "node/node-1|shop/Pod/lonely|icmp|-|1|0|100|2000"
                + "|2026-09-21T14:13:20Z|2026-09-21T14:13:21Z");
  }

  @Test
  void namespaceOfEitherEndIsEnough() throws Exception {
    Run run = shop().write(Form.JSON).run("-n", "kube-system");
    assertThat(run.out().lines()).hasSize(2);
    assertThat(run.out()).contains("pay/StatefulSet/db");
  }

  @Test
  void graphsNameEndsAndPorts() throws Exception {
    LogFolder logs = shop().write(Form.TSV);
    assertThat(logs.run("-o", "dot").out())
        .startsWith("digraph edges {")
        .contains(
            "\"shop/Deployment/web\" -> \"shop/Deployment/cart\" [label=\"80/tcp http: 2\"];",
            "\"shop/Service/cart\" [label=\"80/tcp: 1, 1 failed\"];");
    assertThat(logs.run("-o", "mermaid").out())
        .startsWith("flowchart LR\n")
        .contains("e0[\"pay/StatefulSet/db\"]", "e0 -->|\"53/udp dns: 1\"| e1");
  }

  @Test
  void jsonHasAddressesOfWhatHasNoWorkload() throws Exception {
    Run run = shop().write(Form.JSON).run("-o", "json");
    assertThat(run.out())
        .contains(
            "{\"client\":{\"kind\":\"workload\",\"namespace\":\"shop\","
                + "\"workload\":\"Deployment/web\"},\"server\":{\"kind\":\"world\"},"
                + "\"port\":443,\"proto\":\"tcp\",\"service\":\"ssl\"",
            "\"addresses\":[{\"address\":\"93.184.216.34\",\"name\":\"api.example.com\"",
            "\"beyond_limit\":0,\"invalid_records\":0}");
  }

  @Test
  void whatDoesNotFitIsCounted() throws Exception {
    LogFolder logs = new LogFolder(folder);
    for (int i = 0; i < 100; i++) {
      logs.connection(
          "k8s.orig.namespace",
          "shop",
          "k8s.orig.workload",
          "Deployment/client-" + i,
          "k8s.resp.workload",
          "world",
          "id.resp_h",
          "192.0.2." + i);
    }
    Run run = logs.write(Form.JSON).run("--edge-bytes", "10000");
    long edges = run.out().lines().count() - 1;
    assertThat(edges).isBetween(5L, 20L);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("podtap: " + (100 - edges) + " connections ");
    Run policy = logs.run("--edge-bytes", "10000", "--network-policy", "shop/Deployment/client-1");
    assertThat(policy.exitCode()).isEqualTo(2);
    assertThat(policy.out()).isEmpty();
  }

  @Test
  void invalidRecordsAreCountedAndTheOthersRead() throws Exception {
    LogFolder logs = shop().write(Form.JSON);
    String big = "{\"ts\":" + "1".repeat(LogReader.LINE_BYTES_MAX) + "}\n";
    String invalid =
        """
        {"ts":1e999999999,"proto":"tcp","id.orig_h":"10.0.0.1","id.orig_p":9,\
        "id.resp_h":"10.0.0.2","id.resp_p":1}
        {"ts":9999999999.1,"proto":"tcp","id.orig_h":"10.0.0.1","id.orig_p":9,\
        "id.resp_h":"10.0.0.2","id.resp_p":1}
        {"ts":1.1,"proto":"tcp","id.orig_h":"localhost","id.resp_h":"10.0.0.2","id.resp_p":1}
        {"ts":1.1,"proto":"tcp","id.orig_h":"10.0.0.1","id.orig_p":9,\
        "id.resp_h":"10.0.0.2","id.resp_p":65536}
        {"ts":1.1,"proto":"tcp","id.orig_h":"10.0.0.1","id.orig_p":9,\
        "id.resp_h":"10.0.0.2","id.resp_p":1,\
        "k8s.orig.namespace":"shop","k8s.orig.workload":"Deployment/a\\nb"}
        {"ts":1.1,"proto":"tc
        not a record
        """;
    Files.writeString(folder.resolve("conn.log"), big + invalid, StandardOpenOption.APPEND);
    Run run = logs.run();
    assertThat(run.err()).isEqualTo("podtap: 8 invalid records are left out\n");
    assertThat(run.out().lines()).hasSize(6);
  }

  @Test
  void namesThatAreNotNamesOfHostsCannotReachTheOutput() throws Exception {
    new LogFolder(folder).write(Form.JSON);
    Files.writeString(
        folder.resolve("conn.log"),
        """
        {"ts":1.1,"proto":"tcp","id.orig_h":"10.0.0.1","id.orig_p":9,\
        "id.resp_h":"1.1.1.1","id.resp_p":1,\
        "k8s.orig.namespace":"shop","k8s.orig.workload":"Deployment/web",\
        "k8s.resp.workload":"world","resp_name":"a\\n---\\nkind: \\"x\\\\","service":"a|\\"b"}
        """);
    LogFolder logs = new LogFolder(folder);
    assertThat(logs.run("-o", "json").out()).contains("\"a?---?kind:??x?\"", "\"a??b\"");
    assertThat(logs.run("--network-policy", "shop/Deployment/web", "--selector", "app=web").out())
        .contains("# world (a?---?kind:??x?)\n");
  }

  @Test
  void aFolderWithoutLogsAndACutFileAreErrors() throws Exception {
    LogFolder logs = new LogFolder(folder);
    assertThat(logs.run().err()).startsWith("podtap: no conn.log in folder");
    shop().write(Form.JSON_GZ);
    try (var files = Files.list(folder)) {
      Path file = files.findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));
    }
    Run run = logs.run();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("podtap: log '").contains("cannot be read").hasLineCount(1);
  }
}
