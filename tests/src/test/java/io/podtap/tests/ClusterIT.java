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
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system as its users run it: chart installed, pods with taps by webhook, by {@code
 * podtap inject} and by hand, evidence at the sensor, and nothing left behind.
 *
 * <p>One cluster, one installation: the tests go through its life in order.
 */
@RequiresCluster
@RequiresTool("tshark")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {

  private static final List<String> NAMESPACES = List.of("talk", "byhand", "security");

  /** Where a tap says in its log that it mirrors. */
  private static final String MIRRORS = "podtap: mirrors";

  private static final String ATTACHED = "http.request.uri == \"/?attached\"";

  private final Cluster cluster = Cluster.named().orElseThrow();
  private final ClusterPods pods = new ClusterPods(cluster);
  private final ClusterRecords records = new ClusterRecords(cluster);

  @TempDir Path folder;

  @BeforeAll
  void install() {
    cluster.install();
    cluster.createNamespaces(NAMESPACES);
    cluster.createTappedNamespace("shop");
  }

  @AfterAll
  void remove() {
    cluster.deleteNamespaces(List.of("podtap", "shop"));
    cluster.deleteNamespaces(NAMESPACES);
  }

  @Test
  @Order(1)
  void putsTapIntoDeploymentOfLabelledNamespace() throws IOException {
    apply("shop.yaml", pods.server("shop", "shop"));
    cluster.awaitRollout("shop", "deployment/shop");
    String server = cluster.pod("shop", "app=shop");
    String pod = "pod/" + server;
    assertThat(cluster.field("shop", pod, ".spec.initContainers[*].name")).isEqualTo("podtap");
    awaitMirroring("shop", pod);
    assertThat(cluster.tapRestarts("shop", server)).isEqualTo("0");
  }

  @Test
  @Order(2)
  void putsTapIntoFileByCommand() throws IOException {
    Path file = write("talk.yaml", pods.client("talk"));
    String injected =
        Commands.run(
            cluster.podtap(), "inject", "-f", file.toString(), "--image", cluster.tapImage());
    apply("talk-injected.yaml", injected);
    cluster.await("talk", "condition=Ready", "pod/talk");
    awaitMirroring("talk", "pod/talk");
  }

  @Test
  @Order(3)
  void recordsFlowBetweenTwoTappedPodsOnceAndNamesBoth() {
    String server = cluster.pod("shop", "app=shop");
    String serverAddress = cluster.field("shop", "pod/" + server, ".status.podIP");
    String clientAddress = cluster.field("talk", "pod/talk", ".status.podIP");
    String page =
        cluster.shell("talk", "pod/talk", "main", "wget -qO- http://" + serverAddress + "/?once");
    assertThat(page).isEqualTo("Seen from inside the pod.\n");

    Logs.Row connection =
        records.only(record ->
            record.text("id.orig_h").equals(clientAddress)
                && record.text("id.resp_h").equals(serverAddress)
                && record.fields().containsKey("conn_state"));
    assertThat(connection.text("service")).isEqualTo("http");
    assertThat(connection.text("conn_state")).isEqualTo("SF");
    records.assertSeenByTapsOf(connection, "talk", server);
    records.assertSeenByTapsOf(
        records.only(record -> record.text("uri").equals("/?once")), "talk", server);
  }

  @Test
  @Order(4)
  void recordsNamesThatPodAskedFor() {
    String address = cluster.field("talk", "pod/talk", ".status.podIP");
    cluster.shell("talk", "pod/talk", "main", "nslookup shop.shop.svc.cluster.local");
    Logs.Row answer =
        records.only(record ->
            record.text("query").equals("shop.shop.svc.cluster.local")
                && record.text("qtype_name").equals("A")
                && record.text("id.orig_h").equals(address));
    assertThat(answer.text("answers"))
        .contains(cluster.field("shop", "service/shop", ".spec.clusterIP"));
  }

  @Test
  @Order(5)
  void recordsAnswerOfOnePodToAnother() throws IOException {
    apply("names.yaml", pods.nameServer());
    cluster.await("shop", "condition=Ready", "pod/names");
    awaitMirroring("shop", "pod/names");
    String names = cluster.address("shop", "names");
    cluster.shell("shop", "deployment/shop", "main", "nslookup -type=a pods.example " + names);
    Logs.Row answer = records.only(ClusterIT::isNameFromPod);
    assertThat(answer.text("answers")).contains("192.0.2.9");
    assertThat(answer.text("id.resp_h")).isEqualTo(names);
  }

  @Test
  @Order(6)
  void mirrorsLargeTransferWithoutLoss() {
    String server = cluster.pod("shop", "app=shop");
    String address = cluster.field("shop", "pod/" + server, ".status.podIP");
    String count =
        cluster.shell("talk", "pod/talk", "main", "wget -qO- http://" + address + "/large | wc -c");
    assertThat(count.strip()).isEqualTo("1000000");
    Logs.Row response = records.only(record -> record.text("uri").equals("/large"));
    assertThat(response.count("response_body_len")).isEqualTo(1_000_000);
  }

  @Test
  @Order(7)
  void balancesWithSensorWhenPodEnds() {
    cluster.kubectl("-n", "talk", "delete", "pod", "talk");
    Logs.Row stopped = records.tap("talk", row -> row.text("tap.state").equals("stop"));
    assertThat(stopped.count("seen"))
        .isEqualTo(
            stopped.count("filtered")
                + stopped.count("dropped")
                + stopped.count("mirrored")
                + stopped.count("failed"));
    assertThat(stopped.count("dropped")).isZero();
    assertThat(stopped.count("lost")).isZero();
    assertThat(stopped.count("sent_here")).isPositive().isEqualTo(stopped.count("received"));
  }

  @Test
  @Order(8)
  void letsJobComplete() throws IOException {
    apply("job.yaml", pods.job());
    cluster.await("shop", "condition=complete", "job/errand");
    String pod = "pod/" + cluster.pod("shop", "job-name=errand");
    assertThat(
            cluster.field(
                "shop", pod, ".status.initContainerStatuses[0].state.terminated.exitCode"))
        .isEqualTo("0");
    assertThat(cluster.logs("shop", pod, "podtap")).contains("balanced");
    // Its own tap saw the service's address, the server's the pod behind it.
    String address = cluster.field("shop", pod, ".status.podIP");
    String service = cluster.field("shop", "service/shop", ".spec.clusterIP");
    records.only(record ->
        record.text("uri").equals("/?errand")
            && record.text("id.orig_h").equals(address)
            && record.text("id.resp_h").equals(service));
  }

  @Test
  @Order(9)
  void mirrorsCleanPacketsToReceiverFoundByItsLabel() throws IOException {
    apply("zeek.yaml", pods.receiver());
    cluster.await("security", "condition=Ready", "pod/zeek");
    apply("by-hand.yaml", pods.byHand());
    cluster.awaitRollout("byhand", "deployment/byhand");
    String pod = "pod/" + cluster.pod("byhand", "app=byhand");
    awaitMirroring("byhand", pod);
    String address = cluster.field("byhand", pod, ".status.podIP");
    Path capture = folder.resolve("mirror.pcap");
    cluster.shell(
        "security", "pod/zeek", "main", "wget -qO /dev/null http://" + address + "/large");
    Cluster.eventually()
        .untilAsserted(() -> {
          fetch(capture);
          assertThat(tshark(capture, "vxlan.vni == 42 && http.request.uri == \"/large\""))
              .hasSize(1);
          assertThat(tshark(capture, "vxlan.vni == 42 && http.content_length == 1000000"))
              .hasSize(1);
        });
    assertThat(
            tshark(
                capture,
                "vxlan && (ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\")"))
        .isEmpty();
    assertThat(tshark(capture, "ip.flags.mf == 1 || ip.frag_offset > 0")).as("fragments").isEmpty();
    assertThat(tshark(capture, "vxlan && frame.len > 1514")).as("longer than the path").isEmpty();
    assertThat(
            tshark(
                capture,
                "tcp.port == 80 && (tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment)"))
        .as("segments that the receiver never saw")
        .isEmpty();
  }

  @Test
  @Order(10)
  void letsPodsStartWithoutWebhook() throws IOException {
    cluster.kubectl("-n", "podtap", "scale", "deployment/podtap-webhook", "--replicas=0");
    cluster.awaitAll("podtap", "delete", "run=podtap-webhook");
    apply("plain.yaml", pods.client("shop"));
    cluster.await("shop", "condition=Ready", "pod/talk");
    assertThat(cluster.field("shop", "pod/talk", ".spec.initContainers")).isEmpty();
  }

  @Test
  @Order(11)
  void listsThePodThatShouldHaveATap() throws Exception {
    assertThat(cluster.check("-n", "shop"))
        .contains("\"talk\"", "missing")
        .doesNotContain(cluster.pod("shop", "app=shop"));
  }

  @Test
  @Order(12)
  void showsThePacketsOfAPodThatRuns() throws Exception {
    Path capture = folder.resolve("attached.pcapng");
    Process attached =
        cluster.startPodtap(
            "attach",
            "talk",
            "-n",
            "shop",
            "-w",
            capture.toString(),
            "--image",
            cluster.tapImage());
    try {
      String address =
          cluster.field("shop", "pod/" + cluster.pod("shop", "app=shop"), ".status.podIP");
      // The file ends with a whole packet only when the command has ended.
      Cluster.eventually()
          .untilAsserted(() -> {
            cluster.shell("shop", "pod/talk", "main", "wget -qO- http://" + address + "/?attached");
            assertThat(tshark(capture, ATTACHED)).isNotEmpty();
          });
    } finally {
      attached.destroy(); // as Ctrl-C does, but for the signal's number
      attached.waitFor(20, TimeUnit.SECONDS);
    }
    assertThat(tshark(capture, ATTACHED)).isNotEmpty();
    assertThat(tshark(capture, "ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\""))
        .isEmpty();
    Cluster.eventually()
        .until(() ->
            !cluster
                .field(
                    "shop",
                    "pod/talk",
                    ".status.ephemeralContainerStatuses[*].state.terminated.reason")
                .isEmpty());
  }

  @Test
  @Order(13)
  void attachesATapThatFindsTheSensor() throws Exception {
    Process attach =
        cluster.startPodtap("attach", "talk", "-n", "shop", "--image", cluster.tapImage());
    String said = new String(attach.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(attach.waitFor()).as(said).isZero();
    records.tap("talk", row -> row.text("tap.namespace").equals("shop"));
  }

  /** A flow without an end, as of UDP, is recorded a minute after its last packet. */
  @Test
  @Order(14)
  void namesBothPodsOfAnAnswer() {
    Logs.Row connection =
        records.assertSeenByTapsOf(
            records.only(ClusterIT::isNameFromPod), "names", cluster.pod("shop", "app=shop"));
    assertThat(connection.text("service")).isEqualTo("dns");
  }

  @Test
  @Order(15)
  void leavesNothingBehind() {
    cluster.uninstall();
    Cluster.eventually().untilAsserted(() -> assertThat(cluster.left()).isEmpty());
  }

  private static boolean isNameFromPod(Logs.Row row) {
    return row.text("query").equals("pods.example") && row.text("qtype_name").equals("A");
  }

  /** Waits until a tap captures and has found its sensor. */
  private void awaitMirroring(String namespace, String pod) {
    String container = namespace.equals("byhand") ? "tap" : "podtap";
    Cluster.eventually()
        .until(
            () -> cluster.logs(namespace, pod, container),
            log -> log.contains(MIRRORS) && log.contains("; 1 ready"));
  }

  /** Copies what the receiver has written by now; its last packet may be half there. */
  private void fetch(Path capture) throws IOException {
    String bytes = cluster.shell("security", "pod/zeek", "main", "base64 /tmp/mirror.pcap");
    Files.write(capture, Base64.getMimeDecoder().decode(bytes));
  }

  private static List<String> tshark(Path capture, String filter) {
    return Commands.lines(
        "tshark",
        "-r",
        capture.toString(),
        "-d",
        "udp.port==4789,vxlan",
        "-o",
        "ip.check_checksum:TRUE",
        "-o",
        "tcp.check_checksum:TRUE",
        "-Y",
        filter);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private void apply(String name, String manifest) throws IOException {
    cluster.apply(write(name, manifest));
  }
}
