package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
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

  private static final Duration PATIENCE = Cluster.PATIENCE;
  private static final List<String> NAMESPACES = List.of("shop", "talk", "byhand", "security");

  /** Where a tap says in its log that it mirrors. */
  private static final String MIRRORS = "podtap: mirrors";

  private final Cluster cluster = Cluster.named().orElseThrow();
  private final Path podtap = Repository.root().resolve("cli/target/image/bin/podtap");

  @TempDir Path folder;

  @BeforeAll
  void install() {
    cluster.helm(
        "install",
        "podtap",
        Repository.root().resolve("deploy/chart").toString(),
        "-n",
        "podtap",
        "--create-namespace",
        "--set",
        "image.repository=" + cluster.image(),
        "--wait",
        "--timeout",
        "90s");
    NAMESPACES.forEach(name -> cluster.kubectl("create", "namespace", name));
    cluster.kubectl("label", "namespace", "shop", "podtap.io/inject=enabled");
  }

  @AfterAll
  void remove() {
    List<String> command =
        new ArrayList<>(List.of("delete", "namespace", "podtap", "--ignore-not-found"));
    command.addAll(NAMESPACES);
    cluster.kubectl(command.toArray(String[]::new));
  }

  @Test
  @Order(1)
  void putsTapIntoDeploymentOfLabelledNamespace() throws IOException {
    apply("shop.yaml", server("shop"));
    cluster.awaitRollout("shop", "deployment/shop");
    String pod = "pod/" + cluster.pod("shop", "app=shop");
    assertThat(cluster.field("shop", pod, ".spec.initContainers[*].name")).isEqualTo("podtap");
    awaitMirroring("shop", pod);
    assertThat(restarts("shop", pod)).isEqualTo("0");
  }

  @Test
  @Order(2)
  void putsTapIntoFileByCommand() throws IOException {
    Path file = write("talk.yaml", client("talk"));
    String injected =
        Commands.run(
            podtap.toString(),
            "inject",
            "-f",
            file.toString(),
            "--image",
            cluster.image() + ":0.1.0");
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
        only(record ->
            record.text("id.orig_h").equals(clientAddress)
                && record.text("id.resp_h").equals(serverAddress)
                && record.fields().containsKey("conn_state"));
    assertThat(connection.text("service")).isEqualTo("http");
    assertThat(connection.text("conn_state")).isEqualTo("SF");
    String taps = connection.text("tap.id") + " " + connection.text("tap.also");
    assertThat(taps).contains(tap("talk").text("tap.id"), tap(server).text("tap.id"));
    assertThat(records(record -> record.text("uri").equals("/?once"))).hasSize(1);
  }

  @Test
  @Order(4)
  void recordsNamesThatPodAskedFor() {
    String address = cluster.field("talk", "pod/talk", ".status.podIP");
    cluster.shell("talk", "pod/talk", "main", "nslookup shop.shop.svc.cluster.local");
    Logs.Row answer =
        only(record ->
            record.text("query").equals("shop.shop.svc.cluster.local")
                && record.text("qtype_name").equals("A")
                && record.text("id.orig_h").equals(address));
    assertThat(answer.text("answers"))
        .contains(cluster.field("shop", "service/shop", ".spec.clusterIP"));
  }

  @Test
  @Order(5)
  void mirrorsLargeTransferWithoutLoss() {
    String server = cluster.pod("shop", "app=shop");
    String address = cluster.field("shop", "pod/" + server, ".status.podIP");
    String count =
        cluster.shell("talk", "pod/talk", "main", "wget -qO- http://" + address + "/large | wc -c");
    assertThat(count.strip()).isEqualTo("1000000");
    Logs.Row response = only(record -> record.text("uri").equals("/large"));
    assertThat(response.count("response_body_len")).isEqualTo(1_000_000);
  }

  @Test
  @Order(6)
  void balancesWithSensorWhenPodEnds() {
    cluster.kubectl("-n", "talk", "delete", "pod", "talk");
    Logs.Row stopped =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> tap("talk"), row -> row.text("tap.state").equals("stop"));
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
  @Order(7)
  void letsJobComplete() throws IOException {
    apply("job.yaml", job());
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
    only(record ->
        record.text("uri").equals("/?errand")
            && record.text("id.orig_h").equals(address)
            && record.text("id.resp_h").equals(service));
  }

  @Test
  @Order(8)
  void mirrorsCleanPacketsToReceiverFoundByItsLabel() throws IOException {
    apply("zeek.yaml", receiver());
    cluster.await("security", "condition=Ready", "pod/zeek");
    apply("by-hand.yaml", byHand());
    cluster.awaitRollout("byhand", "deployment/byhand");
    String pod = "pod/" + cluster.pod("byhand", "app=byhand");
    awaitMirroring("byhand", pod);
    String address = cluster.field("byhand", pod, ".status.podIP");
    Path capture = folder.resolve("mirror.pcap");
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          cluster.shell(
              "security", "pod/zeek", "main", "wget -qO /dev/null http://" + address + "/large");
          String bytes =
              cluster
                  .shell("security", "pod/zeek", "main", "base64 /tmp/mirror.pcap")
                  .replace("\n", "");
          Files.write(capture, Base64.getDecoder().decode(bytes));
          assertThat(tshark(capture, "vxlan.vni == 42 && http.request.uri == \"/large\""))
              .isNotEmpty();
          assertThat(tshark(capture, "vxlan.vni == 42 && http.content_length == 1000000"))
              .isNotEmpty();
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
  @Order(9)
  void letsPodsStartWithoutWebhook() throws IOException {
    cluster.kubectl("-n", "podtap", "scale", "deployment/podtap-webhook", "--replicas=0");
    cluster.awaitAll("podtap", "delete", "run=podtap-webhook");
    apply("plain.yaml", client("shop"));
    cluster.await("shop", "condition=Ready", "pod/talk");
    assertThat(cluster.field("shop", "pod/talk", ".spec.initContainers")).isEmpty();
  }

  @Test
  @Order(10)
  void listsThePodThatShouldHaveATap() throws Exception {
    Process check = podtap("check", "-n", "shop", "-o", "json");
    String found = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).isEqualTo(1);
    assertThat(found).contains("\"talk\"").contains("missing");
    assertThat(found).doesNotContain(cluster.pod("shop", "app=shop"));
  }

  @Test
  @Order(11)
  void showsThePacketsOfAPodThatRuns() throws Exception {
    Path capture = folder.resolve("attached.pcapng");
    Process attached =
        podtap(
            "attach",
            "talk",
            "-n",
            "shop",
            "-w",
            capture.toString(),
            "--image",
            cluster.image() + ":0.1.0");
    try {
      String address =
          cluster.field("shop", "pod/" + cluster.pod("shop", "app=shop"), ".status.podIP");
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            cluster.shell("shop", "pod/talk", "main", "wget -qO- http://" + address + "/?attached");
            assertThat(Files.size(capture)).isGreaterThan(2_000);
          });
    } finally {
      attached.destroy(); // as Ctrl-C does, but for the signal's number
      attached.waitFor(20, TimeUnit.SECONDS);
    }
    assertThat(tshark(capture, "http.request.uri == \"/?attached\"")).isNotEmpty();
    assertThat(tshark(capture, "ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\""))
        .isEmpty();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() ->
            !cluster
                .field(
                    "shop",
                    "pod/talk",
                    ".status.ephemeralContainerStatuses[*].state.terminated.reason")
                .isEmpty());
  }

  @Test
  @Order(12)
  void attachesATapThatFindsTheSensor() throws Exception {
    Process attach = podtap("attach", "talk", "-n", "shop", "--image", cluster.image() + ":0.1.0");
    String said = new String(attach.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(attach.waitFor()).as(said).isZero();
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(tap("talk").text("tap.namespace")).isEqualTo("shop"));
  }

  private Process podtap(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(podtap.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("KUBECONFIG", cluster.kubeconfig());
    return builder.redirectError(folder.resolve("podtap.err").toFile()).start();
  }

  @Test
  @Order(13)
  void leavesNothingBehind() {
    cluster.helm("uninstall", "podtap", "-n", "podtap", "--wait", "--timeout", "90s");
    Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(ours()).isEmpty());
  }

  /** Returns what is there of Podtap: in its namespace all but what every namespace has. */
  private List<String> ours() {
    String everywhere =
        cluster.kubectl(
            "get", "clusterroles,clusterrolebindings,mutatingwebhookconfigurations", "-o", "name");
    String inside =
        cluster.kubectl(
            "-n",
            "podtap",
            "get",
            "pods,services,deployments,daemonsets,secrets,roles,rolebindings,serviceaccounts,networkpolicies,poddisruptionbudgets,endpointslices",
            "-o",
            "name");
    return java.util.stream.Stream.concat(
            everywhere
                .lines()
                .filter(name -> name.contains("/podtap") && !name.contains("podtap-test")),
            inside.lines().filter(name -> !name.equals("serviceaccount/default")))
        .toList();
  }

  private String restarts(String namespace, String pod) {
    return cluster.field(namespace, pod, ".status.initContainerStatuses[0].restartCount");
  }

  /** Waits until a tap captures and has found its sensor. */
  private void awaitMirroring(String namespace, String pod) {
    String container = namespace.equals("byhand") ? "tap" : "podtap";
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> cluster.logs(namespace, pod, container),
            log -> log.contains(MIRRORS) && log.contains("; 1 ready"));
  }

  private List<Logs.Row> records(Predicate<Logs.Row> predicate) {
    return cluster.records().stream().filter(predicate).toList();
  }

  /** Waits for a record, and asserts that there is no second one. */
  private Logs.Row only(Predicate<Logs.Row> predicate) {
    List<Logs.Row> found =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> records(predicate), rows -> !rows.isEmpty());
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /** Returns the newest record on the tap of a pod, waiting for a first one. */
  private Logs.Row tap(String pod) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> records(record -> record.text("tap.pod").equals(pod)), rows -> !rows.isEmpty())
        .getLast();
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

  private String server(String name) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: NAME, namespace: NAME}
    spec:
      selector: {matchLabels: {app: NAME}}
      template:
        metadata: {labels: {app: NAME}}
        spec:
          terminationGracePeriodSeconds: 2
          containers:
            - {name: main, image: "TOOLS", command: [httpd, -f, -p, "80", -h, /www]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: NAME, namespace: NAME}
    spec: {selector: {app: NAME}, ports: [{port: 80}]}
    """
        .replace("NAME", name)
        .replace("TOOLS", cluster.tools());
  }

  private String client(String namespace) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: talk, namespace: NAMESPACE}
    spec:
      terminationGracePeriodSeconds: 2
      containers:
        - {name: main, image: "TOOLS", command: [sleep, "3600"]}
    """
        .replace("NAMESPACE", namespace)
        .replace("TOOLS", cluster.tools());
  }

  private String job() {
    return """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: errand, namespace: shop}
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: main
              image: TOOLS
              command: [sh, -c, "sleep 3; wget -qO- http://shop.shop.svc.cluster.local/?errand"]
    """
        .replace("TOOLS", cluster.tools());
  }

  /** Any program that reads VXLAN, and no podtap: the label is all that it has of us. */
  private String receiver() {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: zeek, namespace: security, labels: {run: zeek}}
    spec:
      terminationGracePeriodSeconds: 2
      containers:
        - name: main
          image: TOOLS
          command: [tcpdump, -Z, root, -i, eth0, -U, -s, "0", -B, "8192", -w, /tmp/mirror.pcap, udp port 4789]
    """
        .replace("TOOLS", cluster.tools());
  }

  /** The example, with the images of this cluster. */
  private String byHand() throws IOException {
    return Files.readString(Repository.root().resolve("examples/by-hand.yaml"))
        .replace("shop", "byhand")
        .replace("podtap:0.1.0", cluster.image() + ":0.1.0")
        .replace(
            "image: nginx:1.29",
            "image: " + cluster.tools() + "\n          command: [httpd, -f, -p, \"80\", -h, /www]");
  }
}
