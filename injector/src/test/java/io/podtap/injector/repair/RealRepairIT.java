package io.podtap.injector.repair;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.EventLog;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Missing taps in a real API server, with the rights that deploy gives; its controllers are us. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealRepairIT {

  private static final Judgement JUDGEMENT =
      new Judgement(Templates.PLAIN, Set.of("kube-system", "podtap"), false);

  @TempDir private static Path folder;
  private RealApiServer server;
  private ClusterApi api;
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
    for (String file : List.of("people.yaml", "repair.yaml")) {
      ClusterObjects.createAll(server, Path.of("../deploy").resolve(file), "");
    }
    account();
    namespace("early", "\"podtap.io/inject\": \"enabled\"");
    pod("early", "old", "", "");
    Thread.sleep(1_100); // times of objects are whole seconds
    server.create(
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        "{\"metadata\": {\"name\": \"podtap-webhook\"}}");
    Thread.sleep(1_100);
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
    return "{\"metadata\": {\"name\": \""
        + name
        + "\""
        + metadata
        + "}, \"spec\": {\"selector\": {\"matchLabels\": {\"app\": \""
        + name
        + "\"}}, \"template\": {\"metadata\": {\"labels\": {\"app\": \""
        + name
        + "\"}}, \"spec\": {\"containers\": [{\"name\": \"app\", \"image\": \"app\"}]}}}}";
  }

  /** Makes a Deployment, its ReplicaSet and one pod. */
  private void deployment(String namespace, String name) throws Exception {
    String apps = "/apis/apps/v1/namespaces/" + namespace;
    server.create(apps + "/deployments", workload(name, ""));
    String owner = ownedBy("apps/v1", "Deployment", name, uid(apps + "/deployments/" + name));
    server.create(apps + "/replicasets", workload(name, owner));
    String set = ownedBy("apps/v1", "ReplicaSet", name, uid(apps + "/replicasets/" + name));
    pod(namespace, name, ", \"labels\": {\"app\": \"" + name + "\"}" + set, "");
  }

  private List<Finding> findings(String namespace) throws IOException {
    return new ClusterPods(api, namespace, "podtap-webhook").judge(JUDGEMENT);
  }

  private List<String> words(String namespace) throws IOException {
    return findings(namespace).stream()
        .map(found -> found.name() + ' ' + found.state().word() + ' ' + found.reason())
        .toList();
  }

  private String restartedAt(String namespace, String deployment) throws Exception {
    return Tree.text(
        JsonText.read(
            server
                .ask(
                    "GET",
                    "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + deployment,
                    "")
                .body()),
        "spec",
        "template",
        "metadata",
        "annotations",
        "kubectl.kubernetes.io/restartedAt");
  }

  private Repairer repairer(Lease lease) {
    return new Repairer(api, true, lease, new RepairCounters(), log);
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

  @Test
  void aDeploymentIsRestartedOnceByTheReplicaThatLeads() throws Exception {
    namespace("shop", "\"podtap.io/inject\": \"enabled\"");
    deployment("shop", "web");
    try (RepairController one = controller("one");
        RepairController two = controller("two")) {
      await(() -> !restartedAt("shop", "web").isEmpty());
      assertThat(one.metrics() + two.metrics())
          .contains("podtap_repair_leader 1")
          .contains("podtap_repair_leader 0")
          .contains("podtap_repair_actions_total{action=\"restart\",result=\"done\"} 1")
          .contains("podtap_repair_pods{state=\"missing\",reason=\"webhook-unavailable\"}");
      await(() -> events("shop").contains("restarted Deployment shop/web"));
      assertThat(events("shop")).contains("no tap, webhook-unavailable");
    }
    String first = restartedAt("shop", "web");
    Lease lease = new Lease(api, "three");
    Instant now = Instant.now();
    assertThat(lease.hold(now.plusSeconds(1))).as("it was given up").isTrue();
    Repairer repairer = repairer(lease);
    repairer.step(findings("shop"), now.plusSeconds(40));
    repairer.step(findings("shop"), now.plusSeconds(7_200));
    assertThat(restartedAt("shop", "web")).as("never twice").isEqualTo(first);
    lease.release(now.plusSeconds(1));
  }

  @Test
  void aNamespaceThatIsLabelledIsLookedAtAtOnce() throws Exception {
    namespace("later", "\"a\": \"b\"");
    pod("later", "plain", "", "");
    ClusterPods pods = new ClusterPods(api, "", "podtap-webhook");
    try (PodWatch watch = new PodWatch(pods, JUDGEMENT)) {
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
    return watch.findings().stream()
        .map(finding -> finding.namespace() + '/' + finding.name())
        .toList();
  }

  @Test
  void aRepairThatDoesNotHelpIsTheLastForAWhile() throws Exception {
    namespace("futile", "\"podtap.io/inject\": \"enabled\"");
    String metadata = ownedBy("example.com/v1", "Herd", "sheep", "5678");
    pod("futile", "sheep-1", metadata, "");
    Lease lease = new Lease(api, "futile");
    Instant now = Instant.now();
    await(() ->
        lease.hold(Instant.now().plusSeconds(3_600))
            || lease.hold(Instant.now().plusSeconds(7_200)));
    assertThat(lease.note("5678", now.minusSeconds(60))).isTrue();
    pod("futile", "cow-1", ownedBy("example.com/v1", "Herd", "cows", "9012"), "");
    Repairer repairer = repairer(lease);
    repairer.step(findings("futile"), now);
    repairer.step(findings("futile"), now.plusSeconds(3_000));
    assertThat(words("futile")).as("none is evicted").hasSize(2);
    repairer.step(findings("futile"), now.plusSeconds(3_700));
    await(() -> words("futile").equals(List.of("sheep-1 missing webhook-unavailable")));
    lease.release(now);
  }

  private RepairController controller(String identity) {
    return RepairController.start(api, JUDGEMENT, "podtap-webhook", true, identity, log);
  }

  private String events(String namespace) throws Exception {
    return server.ask("GET", "/api/v1/namespaces/" + namespace + "/events", "").body();
  }

  @Test
  void aBudgetThatAllowsNothingIsKept() throws Exception {
    namespace("budget", "\"podtap.io/inject\": \"enabled\"");
    String custom = ownedBy("example.com/v1", "Herd", "cows", "1234");
    pod("budget", "cow", ", \"labels\": {\"app\": \"cow\"}" + custom, "");
    String budgets = "/apis/policy/v1/namespaces/budget/poddisruptionbudgets";
    server.create(
        budgets,
        "{\"metadata\": {\"name\": \"cows\"}, \"spec\": {\"minAvailable\": 1, \"selector\":"
            + " {\"matchLabels\": {\"app\": \"cow\"}}}}");
    budget(budgets, 0);
    Lease lease = new Lease(api, "budget");
    Instant now = Instant.now().plusSeconds(60);
    assertThat(lease.hold(now) || lease.hold(now.plusSeconds(60))).isTrue();
    Repairer repairer = repairer(lease);
    repairer.step(findings("budget"), now);
    assertThat(words("budget")).hasSize(1);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Herd budget/cows is not repaired: 429 ")
        .contains("again in 30 s");

    budget(budgets, 1);
    repairer.step(findings("budget"), now.plusSeconds(10));
    assertThat(words("budget")).as("not before its time").hasSize(1);
    repairer.step(findings("budget"), now.plusSeconds(31));
    await(() -> words("budget").isEmpty());
    lease.release(now);
  }

  private void budget(String path, int allowed) throws Exception {
    server.patch(
        path + "/cows/status",
        "{\"status\": {\"observedGeneration\": 1, \"disruptionsAllowed\": "
            + allowed
            + ", \"currentHealthy\": 1, \"desiredHealthy\": 0, \"expectedPods\": 1}}");
  }

  @Test
  void everyRuleIsNeededAndNamed() throws Exception {
    namespace("rules", "\"podtap.io/inject\": \"enabled\"");
    deployment("rules", "api");
    Finding finding = findings("rules").getFirst();
    Owner owner = new Owners(api).of(finding.pod(), Instant.now());
    assertThat(owner.label()).isEqualTo("Deployment rules/api");
    Role find = Role.ofCluster(server, "podtap-repair");
    refuses(find, "list", "namespaces", () -> findings(""));
    refuses(
        find,
        "watch",
        "namespaces",
        () ->
            new ClusterPods(api, "", "podtap-webhook")
                .watchNamespaces("0", 1, new CompletableFuture<>(), (event, object) -> true));
    refuses(find, "list", "pods", () -> findings(""));
    refuses(
        find,
        "watch",
        "pods",
        () ->
            new ClusterPods(api, "", "podtap-webhook")
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
    refuses(restart, "get", "replicasets", () -> new Owners(api).of(finding.pod(), Instant.now()));
    refuses(restart, "get", "deployments", () -> new Owners(api).of(finding.pod(), Instant.now()));
    Repairs repairs = new Repairs(api);
    refuses(restart, "patch", "deployments", () -> repairs.restart(owner, Instant.now()));
    refuses(
        restart,
        "list",
        "poddisruptionbudgets",
        () -> repairs.requireBudget(owner, List.of(finding)));
    refuses(restart, "create", "pods/eviction", () -> repairs.evict(finding));
    for (String kind : List.of("StatefulSet", "DaemonSet")) {
      String resource = kind.toLowerCase(Locale.ROOT) + 's';
      Finding other = ownedByOneOf(kind, resource);
      refuses(restart, "get", resource, () -> new Owners(api).of(other.pod(), Instant.now()));
      Owner set = new Owners(api).of(other.pod(), Instant.now());
      refuses(restart, "patch", resource, () -> repairs.restart(set, Instant.now()));
    }
    leasesAreNeeded();
    for (String forbidden :
        List.of("/api/v1/secrets", "/apis/apps/v1/deployments", "/api/v1/configmaps")) {
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
    Lease lease = new Lease(api, "rules");
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
