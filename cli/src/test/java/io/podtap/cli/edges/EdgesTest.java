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
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertThat(run.err())
        .startsWith("podtap: 8 invalid records are left out, the first is ")
        .endsWith("conn.log line 7: too long\n")
        .hasLineCount(1);
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
  void aFolderThatIsNotOneOfLogsIsAnError() throws Exception {
    LogFolder logs = new LogFolder(folder);
    assertThat(logs.run().err()).startsWith("podtap: no conn.log in folder");
    Files.createDirectory(folder.resolve("conn.log"));
    assertThat(logs.run().err()).startsWith("podtap: no conn.log in folder");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(new LogFolder(file).run().err()).startsWith("podtap: invalid --logs '");
    Run missing = new LogFolder(folder.resolve("missing")).run();
    assertThat(missing.err()).endsWith("' does not exist\n");
    assertThat(missing.exitCode()).isEqualTo(2);
  }

  /** What a sensor that was killed leaves behind. */
  @Test
  void ofACutFileTheBeginningIsRead() throws Exception {
    LogFolder logs = new LogFolder(folder);
    for (int i = 0; i < 1_000; i++) {
      logs.connection("uid", "C" + i * 7_919, "k8s.resp.workload", "world");
    }
    logs.write(Form.JSON_GZ);
    try (var files = Files.list(folder)) {
      Path file = files.findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));
    }
    Run run = logs.run();
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("podtap: log '")
        .contains("ends in the middle")
        .hasLineCount(1);
    assertThat(run.out().lines()).hasSize(2);
    Run policy = logs.run("--network-policy", "shop/Deployment/web");
    assertThat(policy.exitCode()).isEqualTo(2);
    assertThat(policy.out()).isEmpty();
  }

  /** A file is compressed beside itself, and a folder may be named twice. */
  @Test
  void noConnectionIsCountedTwice() throws Exception {
    LogFolder logs = shop().write(Form.JSON_GZ);
    String once = logs.run().out();
    try (var files = Files.list(folder)) {
      Path compressed = files.findFirst().orElseThrow();
      String name = String.valueOf(compressed.getFileName());
      Path plain = folder.resolve(name.substring(0, name.length() - ".gz".length()));
      try (var in = new GZIPInputStream(Files.newInputStream(compressed))) {
        Files.copy(in, plain);
      }
      Files.writeString(folder.resolve(name + ".part"), "half");
    }
    Run run = logs.run("--logs", folder.resolve(".").toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo(once);
  }

  @Test
  void rotatedFilesOfEitherFormAreReadTogether() throws Exception {
    shop().write(Form.JSON);
    Files.move(folder.resolve("conn.log"), folder.resolve("conn.2026-09-21-09-00-00.log"));
    shop().write(Form.TSV_GZ);
    Run run = shop().write(Form.TSV).run("-o", "json");
    assertThat(run.err()).isEmpty();
    assertThat(Pattern.compile("\"connections\":6,").matcher(run.out()).results().count())
        .as("two connections of the first edge, in three files")
        .isEqualTo(1);
  }

  @Test
  void whyNothingIsNamedIsSaid() throws Exception {
    assertThat(new LogFolder(folder).write(Form.JSON).run().err())
        .isEqualTo("podtap: no connections in the logs\n");
    LogFolder logs = new LogFolder(folder).connection().write(Form.JSON);
    assertThat(logs.run().err()).startsWith("podtap: no record names a workload: ").hasLineCount(1);
    assertThat(logs.run().exitCode()).isZero();
    assertThat(logs.run("-n", "nowhere").err())
        .isEqualTo("podtap: no connections of namespace 'nowhere' in the logs\n");
  }

  @Test
  void moreEdgesThanMermaidDrawsAreSaid() throws Exception {
    LogFolder logs = new LogFolder(folder);
    for (int i = 0; i < 501; i++) {
      logs.connection("id.resp_p", Integer.toString(i), "k8s.resp.workload", "world");
    }
    logs.write(Form.JSON);
    assertThat(logs.run("-o", "mermaid").err()).startsWith("podtap: 501 edges: Mermaid draws 500 ");
    assertThat(logs.run("-o", "dot").err()).isEmpty();
  }

  /** Whatever a log says of a protocol, each line of a graph has the one form. */
  @ParameterizedTest
  @ValueSource(strings = {"dot", "mermaid"})
  void noTextOfALogEscapesFromAGraph(String format) throws Exception {
    LogFolder logs = new LogFolder(folder);
    for (int c = ' '; c < 0x3000; c += c < 0x100 ? 1 : 97) {
      if (c != '"' && c != '\\' && !Character.isISOControl(c)) {
        logs.connection("service", "a" + (char) c + "z", "k8s.resp.workload", "world");
      }
    }
    for (String escape :
        List.of("\\\"", "\\\\", "\\n", "\\u2028", "\\u0000", "]--", "|x|", "<b>")) {
      logs.connection("service", "a" + escape + "z", "k8s.resp.workload", "world");
    }
    Run run = logs.write(Form.JSON).run("-o", format);
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().skip(1))
        .allMatch(line ->
            line.matches(
                "  \"[a-z]+\" -> \"[a-z]+\" \\[label=\"80/tcp [-_.:/,*?A-Za-z0-9]+: [0-9]+\"];"
                    + "|  (rankdir=LR|node \\[shape=box]);|}"
                    + "|  e[0-9]+\\[\"[a-z]+\"]"
                    + "|  e[0-9]+ -->\\|\"80/tcp [-_.:/,*?A-Za-z0-9]+: [0-9]+\"\\| e[0-9]+"));
  }
}
