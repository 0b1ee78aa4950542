/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.EventLog;
import io.podtap.injector.repair.audit.Audit;
import io.podtap.injector.repair.audit.ClusterPods;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.PodAudit;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.repair.audit.Setback;
import io.podtap.injector.testing.Eventually;
import io.podtap.injector.testing.Role;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.injector.webhook.ClusterObjects;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Missing taps in a real API server, with the rights that deploy gives; its controllers are us. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealRepairIT {

  private static final PodAudit JUDGEMENT =
      new PodAudit(Templates.PLAIN, Set.of("kube-system", "podtap"), false, "");

  private static final String CLAIMS =
      "\"volumeClaimTemplates\": [{\"metadata\": {\"name\": \"data\"}, \"spec\": {\"accessModes\":"
          + " [\"ReadWriteOnce\"], \"resources\": {\"requests\": {\"storage\": \"1Gi\"}}}}], ";

  @TempDir private static Path folder;
  private RealApiServer server;
  private TrialWebhook webhook;
  private ClusterApi api;
  private final List<String> notes = new ArrayList<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8);

  @BeforeAll
  void start() throws Exception {
    server =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")));
    namespace("podtap", "");
    server.create(
        "/api/v1/namespaces/podtap/serviceaccounts",
        "{\"metadata\": {\"name\": \"podtap-webhook\"}}");
    for (String file : List.of("rbac-users.yaml", "repair.yaml")) {
      ClusterObjects.createAll(server, Path.of("../deploy").resolve(file), "");
    }
    account();
    namespace("early", "\"podtap.io/inject\": \"enabled\"");
    pod("early", "old", "", "");
    Thread.sleep(1_100); // times of objects are whole seconds
    server.create(
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        "{\"metadata\": {\"name\": \"podtap-webhook\"}}");
    webhook = TrialWebhook.start(server, Files.createDirectory(folder.resolve("webhook")));
    awaitTrials();
    Thread.sleep(1_100);
  }

  /** The API server hears of a new configuration a moment later. */
  private void awaitTrials() throws Exception {
    String pod =
        "{\"metadata\": {\"generateName\": \"a-\"}, \"spec\": {\"containers\": [{\"name\": \"a\","
            + " \"image\": \"a\"}]}}";
    await(() ->
        server
            .ask("POST", "/api/v1/namespaces/early/pods?dryRun=All", pod)
            .body()
            .contains(TrialWebhook.IMAGE));
  }

  private void namespace(String name, String labels) throws Exception {
    server.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"" + name + "\", \"labels\": {" + labels + "}}}");
  }

  private void account() throws Exception {
    HttpResponse<String> answer =
        server.ask(
            "POST",
            "/api/v1/namespaces/podtap/serviceaccounts/podtap-webhook/token",
            "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenRequest\"}");
    Files.writeString(
        folder.resolve("token"), Tree.text(JsonText.read(answer.body()), "status", "token"));
    Files.writeString(folder.resolve("namespace"), "podtap");
    Files.copy(server.certificates(), folder.resolve("ca.crt"));
    api = ClusterApi.mounted(URI.create("https://127.0.0.1:" + server.port()), folder);
  }

  @AfterAll
  void stop() throws Exception {
    if (webhook != null) {
      webhook.close();
    }
    if (server != null) {
      server.close();
    }
  }

  /** Creates a pod that runs, and returns its uid. */
  private String pod(String namespace, String name, String metadata, String spec) throws Exception {
    String path = "/api/v1/namespaces/" + namespace + "/pods";
    server.create(
        path,
        "{\"metadata\": {\"name\": \""
            + name
            + "\""
            + metadata
            + "}, \"spec\": {\"containers\": [{\"name\": \"app\", \"image\": \"app\"}]"
            + spec
            + "}}");
    server.patch(
        path + '/' + name + "/status",
        "{\"status\": {\"phase\": \"Running\", \"conditions\": [{\"type\": \"Ready\", \"status\":"
            + " \"True\"}]}}");
    return uid(path + '/' + name);
  }

  private String uid(String path) throws Exception {
    return Tree.text(JsonText.read(server.ask("GET", path, "").body()), "metadata", "uid");
  }

  private static String ownedBy(String version, String kind, String name, String uid) {
    return ", \"ownerReferences\": [{\"controller\": true, \"apiVersion\": \""
        + version
        + "\", \"kind\": \""
        + kind
        + "\", \"name\": \""
        + name
        + "\", \"uid\": \""
        + uid
        + "\"}]";
  }

  private static String workload(String name, String metadata) {
    return workload(name, metadata, "");
  }

  private static String workload(String name, String metadata, String spec) {
    return "{\"metadata\": {\"name\": \""
        + name
        + "\""
        + metadata
        + "}, \"spec\": {"
        + spec
        + "\"selector\": {\"matchLabels\": {\"app\": \""
        + name
        + "\"}}, \"template\": {\"metadata\": {\"labels\": {\"app\": \""
        + name
        + "\"}}, \"spec\": {\"containers\": [{\"name\": \"app\", \"image\": \"app\"}]}}}}";
  }

  /** Makes a Deployment that has all it wants, its ReplicaSet and one pod. */
  private void deployment(String namespace, String name) throws Exception {
    String apps = "/apis/apps/v1/namespaces/" + namespace;
    server.create(apps + "/deployments", workload(name, ""));
    settle(apps + "/deployments/" + name);
    String owner = ownedBy("apps/v1", "Deployment", name, uid(apps + "/deployments/" + name));
    server.create(apps + "/replicasets", workload(name, owner));
    String set = ownedBy("apps/v1", "ReplicaSet", name, uid(apps + "/replicasets/" + name));
    pod(namespace, name, ", \"labels\": {\"app\": \"" + name + "\"}" + set, "");
  }

  /** Says what a controller says when all pods are new and available; they are not looked at. */
  private void settle(String path) throws Exception {
    Object owner = JsonText.read(server.ask("GET", path, "").body());
    long generation = Rollout.number(owner, 0, "metadata", "generation");
    String status =
        path.contains("/daemonsets/")
            ? "\"desiredNumberScheduled\": 1, \"currentNumberScheduled\": 1,"
                + " \"updatedNumberScheduled\": 1, \"numberAvailable\": 1, \"numberReady\": 1,"
                + " \"numberMisscheduled\": 0"
            : "\"replicas\": 1, \"updatedReplicas\": 1, \"readyReplicas\": 1,"
                + " \"availableReplicas\": 1"
                + (path.contains("/statefulsets/")
                    ? ", \"currentRevision\": \"a\", \"updateRevision\": \"a\""
                    : "");
    server.patch(
        path + "/status",
        "{\"status\": {\"observedGeneration\": " + generation + ", " + status + "}}");
  }

  private List<Finding> findings(String namespace) throws IOException {
    List<Finding> findings = new ArrayList<>();
    Audit audit = new Audit(api, JUDGEMENT, "", "podtap-webhook", 0, notes::add);
    assertThat(audit.look(namespace, findings::add)).isTrue();
    return findings;
  }

  private Sight sight(String namespace) throws IOException {
    return new Sight(findings(namespace), Set.of(), Set.of(TrialWebhook.IMAGE));
  }

  private List<String> words(String namespace) throws IOException {
    return findings(namespace).stream()
        .map(found -> found.name() + ' ' + found.state().word() + ' ' + found.reason())
        .toList();
  }

  private String restartedAt(String namespace, String deployment) throws Exception {
    String path = "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + deployment;
    return mark(path);
  }

  private String mark(String path) throws Exception {
    return Repairs.mark(Tree.map(JsonText.read(server.ask("GET", path, "").body())));
  }

  private Repairer repairer(LeaderLease lease) {
    return new Repairer(api, true, "tap", lease, new RepairCounters(), log);
  }

  @Test
  void everyPodWithoutATapIsFoundWithItsReason() throws Exception {
    namespace("late", "\"a\": \"b\"");
    pod("late", "before", "", "");
    Thread.sleep(1_100);
    label("late", "\"enabled\"");
    Thread.sleep(1_100);
    pod("late", "missed", "", "");
    pod("late", "host", "", ", \"hostNetwork\": true");
    pod("late", "no", ", \"labels\": {\"podtap.io/inject\": \"disabled\"}", "");
    pod(
        "late",
        "tapped",
        ", \"annotations\": {\"podtap.io/injected\": \"{}\"}",
        ", \"initContainers\": [{\"name\": \"podtap\", \"image\": \"podtap:1\", \"restartPolicy\":"
            + " \"Always\"}]");

    assertThat(words("late"))
        .containsExactlyInAnyOrder(
            "before missing before-label",
            "missed missing webhook-unavailable",
            "host impossible host-network",
            "no opted-out opted-out");
    assertThat(words("early")).containsExactly("old missing before-webhook");
    assertThat(words("default")).isEmpty();
  }

  /** The first one: owners that others leave would be repaired before this one. */
  @Test
  @Order(1)
  void aDeploymentIsRestartedOnceByTheReplicaThatLeads() throws Exception {
    namespace("shop", "\"podtap.io/inject\": \"enabled\"");
    deployment("shop", "web");
    try (RepairController one = controller("one");
        RepairController two = controller("two")) {
      // what was uncertain at the first step is looked at again after half a minute
      await(120, () -> !restartedAt("shop", "web").isEmpty());
      List<String> expected =
          List.of(
              "podtap_repair_leader 1",
              "podtap_repair_leader 0",
              "podtap_repair_under_way 1",
              "podtap_repair_pods{state=\"missing\",reason=\"webhook-unavailable\"}");
      await(() -> {
        String metrics =
            MetricsPort.text(MetricsFormat.TEXT, one::metrics)
                + MetricsPort.text(MetricsFormat.TEXT, two::metrics);
        return expected.stream().allMatch(metrics::contains);
      });
      await(() -> events("shop").contains("restarts Deployment shop/web"));
      assertThat(events("shop")).contains("no tap, webhook-unavailable");
    }
    String first = restartedAt("shop", "web");
    LeaderLease lease = new LeaderLease(api, "three");
    Instant now = Instant.now();
    assertThat(lease.hold(now.plusSeconds(1))).as("it was given up").isTrue();
    Repairer repairer = repairer(lease);
    repairer.step(sight("shop"), now.plusSeconds(2));
    assertThat(lease.operation()).as("it goes on where the other was").isNotNull();
    settle("/apis/apps/v1/namespaces/shop/deployments/web");
    repairer.step(sight("shop"), now.plusSeconds(7));
    assertThat(lease.operation()).isNull();
    repairer.step(sight("shop"), now.plusSeconds(25));
    repairer.step(sight("shop"), now.plusSeconds(7_200));
    assertThat(restartedAt("shop", "web")).as("never twice").isEqualTo(first);
    lease.release(now.plusSeconds(1));
  }

  @Test
  void aNamespaceThatIsLabelledIsLookedAtAtOnce() throws Exception {
    namespace("later", "\"a\": \"b\"");
    pod("later", "plain", "", "");
    ClusterPods pods = new ClusterPods(api, "", "", "podtap-webhook");
    try (PodWatch watch = new PodWatch(pods, JUDGEMENT, notes::add)) {
      watch.follow(true);
      await(watch::isComplete);
      assertThat(namesOf(watch)).doesNotContain("later/plain");
      label("later", "\"enabled\"");
      long start = System.nanoTime();
      await(() -> namesOf(watch).contains("later/plain"));
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
      label("later", "null");
      await(() -> !namesOf(watch).contains("later/plain"));
      assertThat(watch.problem()).isEmpty();
    }
  }

  private void label(String namespace, String value) throws Exception {
    server.patch(
        "/api/v1/namespaces/" + namespace,
        "{\"metadata\": {\"labels\": {\"podtap.io/inject\": " + value + "}}}");
  }

  private static List<String> namesOf(PodWatch watch) {
    return watch.sight().findings().stream()
        .map(finding -> finding.namespace() + '/' + finding.name())
        .toList();
  }

  @Test
  void aRepairThatDoesNotHelpIsTheLastForAWhile() throws Exception {
    namespace("futile", "\"podtap.io/inject\": \"enabled\"");
    pod("futile", "sheep-1", ownedBy("example.com/v1", "Herd", "sheep", "5678"), "");
    herd("futile", "cow-1", "9012");
    budget("futile", 1);
    Instant now = Instant.now().plusSeconds(20_000);
    LeaderLease lease = held("futile", now);
    assertThat(lease.begin(evictionOf("5678", now), "5678", Instant.now().minusSeconds(60), now))
        .isTrue();
    assertThat(lease.advance(null, now)).isTrue();
    Repairer repairer = repairer(lease);
    repairer.step(sight("futile"), Instant.now());
    repairer.step(sight("futile"), Instant.now().plusSeconds(3_000));
    assertThat(words("futile")).as("none is evicted").hasSize(2);
    assertThat(lease.hold(now)).isTrue();
    repairer.step(sight("futile"), now);
    await(() -> words("futile").equals(List.of("sheep-1 missing webhook-unavailable")));

    assertThat(lease.operation()).as("another pod is waited for").isNotNull();
    repairer.step(sight("futile"), now.plusSeconds(5));
    assertThat(lease.operation()).isNotNull();
    herd("futile", "cow-2", "9012");
    repairer.step(sight("futile"), now.plusSeconds(10));
    assertThat(lease.operation()).isNull();
    for (String pod : List.of("sheep-1", "cow-2")) { // a warning for others too
      server.delete("/api/v1/namespaces/futile/pods/" + pod);
    }
    lease.release(now);
  }

  private static Operation evictionOf(String controller, Instant now) {
    return new Operation(
        "Pod",
        "futile",
        "a",
        "/api/v1/namespaces/futile/pods/a",
        "1",
        controller,
        now,
        "",
        "",
        1,
        Operation.Phase.ROLLING,
        now);
  }

  /** Returns a lease that is held, whoever held it before. */
  private LeaderLease held(String identity, Instant now) throws Exception {
    LeaderLease lease = new LeaderLease(api, identity);
    await(() -> lease.hold(now) || lease.hold(now.plusSeconds(31)));
    assertThat(lease.advance(null, now)).isTrue();
    return lease;
  }

  /** Makes a pod of a custom owner. */
  private void herd(String namespace, String name, String owner) throws Exception {
    String metadata =
        ", \"labels\": {\"app\": \"cow\"}" + ownedBy("example.com/v1", "Herd", "cows", owner);
    pod(namespace, name, metadata, "");
  }

  private RepairController controller(String identity) {
    return RepairController.start(api, JUDGEMENT, "podtap-webhook", true, identity, _ -> {}, log);
  }

  private String events(String namespace) throws Exception {
    return server.ask("GET", "/api/v1/namespaces/" + namespace + "/events", "").body();
  }

  @Test
  void aBudgetThatAllowsNothingIsKept() throws Exception {
    namespace("budget", "\"podtap.io/inject\": \"enabled\"");
    herd("budget", "cow", "1234");
    Instant now = Instant.now().plusSeconds(40_000);
    LeaderLease lease = held("budget", now);
    Repairer repairer = repairer(lease);
    repairer.step(sight("budget"), now);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("no PodDisruptionBudget says that");
    budget("budget", 0);
    assertThat(lease.hold(now.plusSeconds(31))).isTrue();
    repairer.step(sight("budget"), now.plusSeconds(31));
    assertThat(words("budget")).hasSize(1);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains(
            "Herd budget/cows is not repaired: PodDisruptionBudget cows allows no disruption now");

    budget("budget", 1);
    assertThat(lease.hold(now.plusSeconds(40))).isTrue();
    repairer.step(sight("budget"), now.plusSeconds(40));
    assertThat(words("budget")).as("not before its time").hasSize(1);
    assertThat(lease.hold(now.plusSeconds(100))).isTrue();
    repairer.step(sight("budget"), now.plusSeconds(100));
    await(() -> words("budget").isEmpty());
    assertThat(lease.advance(null, now.plusSeconds(101))).isTrue();
    lease.release(now);
  }

  /** Makes or changes the budget of the cows. */
  private void budget(String namespace, int allowed) throws Exception {
    String budgets = "/apis/policy/v1/namespaces/" + namespace + "/poddisruptionbudgets";
    if (server.ask("GET", budgets + "/cows", "").statusCode() == 404) {
      server.create(
          budgets,
          "{\"metadata\": {\"name\": \"cows\"}, \"spec\": {\"minAvailable\": 1, \"selector\":"
              + " {\"matchLabels\": {\"app\": \"cow\"}}}}");
    }
    server.patch(
        budgets + "/cows/status",
        "{\"status\": {\"observedGeneration\": 1, \"disruptionsAllowed\": "
            + allowed
            + ", \"currentHealthy\": 1, \"desiredHealthy\": 0, \"expectedPods\": 1}}");
  }

  /** What refuses a pod with a tap, by the rules of a namespace: kinds, not cases. */
  private void forbid(String rule, String namespace) throws Exception {
    String core = "/api/v1/namespaces/" + namespace;
    switch (rule) {
      case "limits-max", "limits-pod", "limits-ratio", "limits-min" ->
          server.create(core + "/limitranges", limits(rule));
      case "quota" -> {
        server.create(
            core + "/resourcequotas",
            "{\"metadata\": {\"name\": \"q\"}, \"spec\": {\"hard\": {\"limits.memory\": \"1Mi\"}}}");
        server.patch(
            core + "/resourcequotas/q/status",
            "{\"status\": {\"hard\": {\"limits.memory\": \"1Mi\"}, \"used\": {\"limits.memory\":"
                + " \"0\"}}}");
      }
      case "pod-security" ->
          server.patch(
              core,
              "{\"metadata\": {\"labels\": {\"pod-security.kubernetes.io/enforce\": \"baseline\"}}}");
      default -> policy(namespace);
    }
  }

  private static String limits(String rule) {
    String limit =
        switch (rule) {
          case "limits-max" -> "\"type\": \"Container\", \"max\": {\"memory\": \"100Mi\"}";
          case "limits-pod" -> "\"type\": \"Pod\", \"max\": {\"memory\": \"200Mi\"}";
          case "limits-min" -> "\"type\": \"Container\", \"min\": {\"memory\": \"512Mi\"}";
          default -> "\"type\": \"Container\", \"maxLimitRequestRatio\": {\"cpu\": \"2\"}";
        };
    return "{\"metadata\": {\"name\": \"l\"}, \"spec\": {\"limits\": [{" + limit + "}]}}";
  }

  /** A policy that takes images of one registry alone. */
  private void policy(String namespace) throws Exception {
    String policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    server.create(
        policies,
        "{\"metadata\": {\"name\": \"registry\"}, \"spec\": {\"matchConstraints\":"
            + " {\"resourceRules\": [{\"apiGroups\": [\"\"], \"apiVersions\": [\"v1\"],"
            + " \"operations\": [\"CREATE\"], \"resources\": [\"pods\"]}]}, \"validations\":"
            + " [{\"expression\": \"!has(object.spec.initContainers) ||"
            + " object.spec.initContainers.all(c, !c.image.startsWith('podtap'))\", \"message\":"
            + " \"foreign registry\"}]}}");
    server.create(
        policies.replace("policies", "policybindings"),
        "{\"metadata\": {\"name\": \"registry\"}, \"spec\": {\"policyName\": \"registry\","
            + " \"validationActions\": [\"Deny\"], \"matchResources\": {\"namespaceSelector\":"
            + " {\"matchLabels\": {\"kubernetes.io/metadata.name\": \""
            + namespace
            + "\"}}}}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limits-max",
        "limits-pod",
        "limits-ratio",
        "limits-min",
        "quota",
        "pod-security",
        "policy"
      })
  void nothingIsTouchedWhoseNewPodTheServerRefuses(String rule) throws Exception {
    namespace(rule, "\"podtap.io/inject\": \"enabled\"");
    List<String> owners = new ArrayList<>();
    for (String resource : List.of("deployments", "statefulsets", "daemonsets")) {
      owners.add(owner(rule, resource));
    }
    forbid(rule, rule);
    for (String path : owners) {
      await(() -> trial(rule, path) instanceof Trial.Answer.Refused);
    }
    Instant now = Instant.now().plusSeconds(100_000);
    LeaderLease lease = held(rule, now);
    Repairer repairer = repairer(lease);
    repairer.step(sight(rule), now);
    for (String path : owners) {
      assertThat(mark(path)).as(path).isEmpty();
    }
    assertThat(lease.setbacks().values())
        .hasSize(3)
        .allMatch(one -> one.reason().equals(Setback.WOULD_BE_REFUSED));
    assertThat(events(rule)).contains("NotRepaired").contains("would-be-refused");
    lease.setbacks().keySet().forEach(lease::forgive);
    assertThat(lease.advance(null, now)).isTrue();
    lease.release(now);
  }

  private Trial.Answer trial(String namespace, String path) throws Exception {
    return new Trial(api)
        .ofTemplate(
            namespace,
            Tree.map(JsonText.read(server.ask("GET", path, "").body())),
            Reference.NOBODY);
  }

  /** Makes an owner that somebody allows to be restarted, with one pod; returns its path. */
  private String owner(String namespace, String resource) throws Exception {
    String kinds = "/apis/apps/v1/namespaces/" + namespace + '/' + resource;
    String kind =
        switch (resource) {
          case "deployments" -> "Deployment";
          case "statefulsets" -> "StatefulSet";
          default -> "DaemonSet";
        };
    String spec = resource.equals("statefulsets") ? "\"serviceName\": \"a\", " + CLAIMS : "";
    String consent = ", \"annotations\": {\"podtap.io/repair\": \"enabled\"}";
    server.create(kinds, workload(resource, consent, spec));
    settle(kinds + '/' + resource);
    pod(namespace, resource, ownedBy("apps/v1", kind, resource, uid(kinds + '/' + resource)), "");
    return kinds + '/' + resource;
  }

  @Test
  void everyKindIsRestartedOneAfterAnotherAndPutBackWhenItFails() throws Exception {
    namespace("kinds", "\"podtap.io/inject\": \"enabled\"");
    List<String> owners = new ArrayList<>();
    for (String resource : List.of("deployments", "statefulsets", "daemonsets")) {
      owners.add(owner("kinds", resource));
    }
    Instant now = Instant.now().plusSeconds(200_000);
    LeaderLease lease = held("kinds", now);
    Repairer repairer = repairer(lease);
    for (int i = 0; i < owners.size(); i++) {
      now = now.plusSeconds(60);
      assertThat(lease.hold(now)).isTrue();
      repairer.step(sight("kinds"), now);
      Operation operation =
          Objects.requireNonNull(lease.operation(), () -> said.toString(StandardCharsets.UTF_8));
      assertThat(mark(operation.path())).isEqualTo(operation.mark());
      repairer.step(sight("kinds"), now.plusSeconds(5));
      assertThat(lease.operation()).as("not done before its controller says so").isNotNull();
      if (i < owners.size() - 1) {
        settle(operation.path());
        String name = operation.path().substring(operation.path().lastIndexOf('/') + 1);
        server.delete("/api/v1/namespaces/kinds/pods/" + name);
        repairer.step(sight("kinds"), now.plusSeconds(10));
        assertThat(lease.operation()).isNull();
      }
    }
    Operation last = Objects.requireNonNull(lease.operation());
    forbid("limits-max", "kinds");
    await(() -> trial("kinds", last.path()) instanceof Trial.Answer.Refused);
    String nothing = "\"observedGeneration\": 1, ";
    server.patch(
        last.path() + "/status",
        "{\"status\": {"
            + nothing
            + "\"replicas\": 0, \"readyReplicas\": 0, \"availableReplicas\": 0,"
            + " \"updatedReplicas\": 0, \"currentNumberScheduled\": 0, \"numberAvailable\": 0}}");
    assertThat(lease.hold(now.plusSeconds(15))).isTrue();
    repairer.step(sight("kinds"), now.plusSeconds(15));
    assertThat(mark(last.path())).as("it is put back").isEmpty();
    assertThat(Objects.requireNonNull(lease.setbacks().get(last.uid())).text())
        .contains("its new pods are refused");
    repairer.step(sight("kinds"), now.plusSeconds(20));
    assertThat(server.ask("GET", last.path(), "").body())
        .as("pods come back without a tap")
        .contains("\"podtap.io/inject\":\"disabled\"");
    settle(last.path());
    repairer.step(sight("kinds"), now.plusSeconds(25));
    assertThat(lease.operation()).isNull();
    lease.forgive(last.uid());
    assertThat(lease.advance(null, now.plusSeconds(25))).isTrue();
    lease.release(now.plusSeconds(25));
  }

  @Test
  void everyRuleIsNeededAndNamed() throws Exception {
    namespace("rules", "\"podtap.io/inject\": \"enabled\"");
    deployment("rules", "api");
    Finding finding = findings("rules").getFirst();
    Owner owner = new Owners(api).of(finding, Instant.now());
    assertThat(owner.label()).isEqualTo("Deployment rules/api");
    Role find = Role.ofCluster(server, "podtap-repair");
    refuses(find, "list", "namespaces", () -> findings(""));
    refuses(
        find,
        "watch",
        "namespaces",
        () ->
            new ClusterPods(api, "", "", "podtap-webhook")
                .watchNamespaces("0", 1, new CompletableFuture<>(), (event, object) -> true));
    refuses(find, "list", "pods", () -> findings(""));
    refuses(
        find,
        "watch",
        "pods",
        () ->
            new ClusterPods(api, "", "", "podtap-webhook")
                .watch("0", 1, new CompletableFuture<>(), (event, object) -> true));
    refuses(
        find,
        "create",
        "events",
        () ->
            new EventLog(api, "podtap-repair")
                .write(Map.of("namespace", "rules"), "Normal", "A", "b", Instant.now()));
    find.without(
        "get",
        "mutatingwebhookconfigurations",
        () -> assertThat(words("rules")).containsExactly("api missing unknown"));
    Role restart = Role.ofCluster(server, "podtap-repair-restart");
    refuses(restart, "get", "replicasets", () -> new Owners(api).of(finding, Instant.now()));
    refuses(restart, "get", "deployments", () -> new Owners(api).of(finding, Instant.now()));
    Repairs repairs = new Repairs(api, "tap");
    refuses(restart, "patch", "deployments", () -> repairs.restart(owner.path(), Map.of(), "a"));
    refuses(restart, "list", "poddisruptionbudgets", () -> repairs.budgets("rules"));
    refuses(restart, "create", "pods", () -> trial("rules", owner.path()));
    refuses(
        restart,
        "get",
        "pods",
        () -> repairs.read("/api/v1/namespaces/rules/pods/api", finding.uid()));
    for (String optional : List.of("deployments", "statefulsets", "daemonsets", "events")) {
      notes.clear();
      find.without("list", optional, () -> assertThat(findings("")).isNotEmpty());
      assertThat(notes).anyMatch(note -> note.contains("may not list " + optional));
    }
    refuses(restart, "create", "pods/eviction", () -> repairs.evict(finding));
    for (String kind : List.of("StatefulSet", "DaemonSet")) {
      String resource = kind.toLowerCase(Locale.ROOT) + 's';
      Finding other = ownedByOneOf(kind, resource);
      refuses(restart, "get", resource, () -> new Owners(api).of(other, Instant.now()));
      Owner set = new Owners(api).of(other, Instant.now());
      refuses(restart, "patch", resource, () -> repairs.restart(set.path(), Map.of(), "a"));
    }
    leasesAreNeeded();
    for (String forbidden :
        List.of("/api/v1/secrets", "/apis/apps/v1/replicasets", "/api/v1/configmaps")) {
      assertThat(api.get(forbidden).status()).as(forbidden).isEqualTo(403);
    }
  }

  /** Makes a workload and its pod, and returns what is said of the pod. */
  private Finding ownedByOneOf(String kind, String resource) throws Exception {
    String workloads = "/apis/apps/v1/namespaces/rules/" + resource;
    server.create(workloads, workload(resource, ""));
    pod("rules", resource, ownedBy("apps/v1", kind, resource, uid(workloads + '/' + resource)), "");
    return findings("rules").stream()
        .filter(finding -> finding.name().equals(resource))
        .findFirst()
        .orElseThrow();
  }

  private void leasesAreNeeded() throws Exception {
    Role here = Role.ofPodtap(server, "podtap-repair");
    LeaderLease lease = new LeaderLease(api, "rules");
    Instant later = Instant.now().plusSeconds(100_000); // whoever held it is gone by then
    refuses(here, "get", "leases", () -> lease.hold(later));
    refuses(here, "update", "leases", () -> lease.hold(later));
    server.delete("/apis/coordination.k8s.io/v1/namespaces/podtap/leases/podtap-repair");
    refuses(here, "create", "leases", () -> lease.hold(later));
    await(() -> lease.hold(later));
    lease.release(later);
  }

  private static void refuses(Role role, String verb, String resource, Eventually.Action action)
      throws Exception {
    role.refuses(
        verb,
        resource,
        "system:serviceaccount:podtap:podtap-webhook may not " + verb + ' ' + resource + ' ',
        action);
  }
}
