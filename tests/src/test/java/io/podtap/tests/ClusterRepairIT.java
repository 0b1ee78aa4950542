package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Repair in a real cluster whose namespaces refuse pods with a tap, each in its own way, and one
 * whose image cannot be pulled: no application is below its replicas for a moment. What can be
 * repaired is.
 */
@RequiresCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterRepairIT {

  /** By namespace, what refuses a pod with a tap there. */
  private static final Map<String, String> RULES = rules();

  private static final String PLAIN = "repair-plain";
  private static final List<String> OWNERS =
      List.of("deployment/rolling", "deployment/recreate", "statefulset/set");

  /** Longer than repair takes to look at all owners, which is five seconds and one for each. */
  private static final Duration LOOK = Duration.ofSeconds(45);

  private static final String LOST = "LOST";

  private final Cluster cluster = Cluster.named().orElseThrow();

  @TempDir Path folder;

  private static Map<String, String> rules() {
    Map<String, String> rules = new LinkedHashMap<>();
    rules.put(
        "repair-limits",
        """
        apiVersion: v1
        kind: LimitRange
        metadata: {name: small, namespace: repair-limits}
        spec: {limits: [{type: Pod, max: {memory: 30Mi}}]}
        """);
    rules.put(
        "repair-quota",
        """
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: full, namespace: repair-quota}
        spec: {hard: {limits.memory: 200Mi}}
        """);
    rules.put(
        "repair-policy",
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: repair-no-root}
        spec:
          matchConstraints:
            resourceRules:
              - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
          validations:
            - expression: "!has(object.spec.initContainers) || object.spec.initContainers.all(c, c.name != 'podtap')"
              message: no container may be root here
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: repair-no-root}
        spec:
          policyName: repair-no-root
          validationActions: [Deny]
          matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: repair-policy}}}
        """);
    return rules;
  }

  @BeforeAll
  void install() throws IOException {
    List<String> namespaces = namespaces();
    cluster.createNamespaces(namespaces);
    for (Map.Entry<String, String> rule : RULES.entrySet()) {
      apply(rule.getKey() + "-rule.yaml", rule.getValue());
    }
    for (String namespace : namespaces) {
      apply(namespace + ".yaml", applications(namespace));
    }
    for (String namespace : namespaces) {
      for (String owner : OWNERS) {
        cluster.awaitRollout(namespace, owner);
      }
    }
  }

  private static List<String> namespaces() {
    List<String> namespaces = new ArrayList<>(RULES.keySet());
    namespaces.add(PLAIN);
    return namespaces;
  }

  /**
   * Owners that somebody allows to be restarted, so that only what is asked first protects them;
   * but for the rolling one, which loses no pod anyway.
   */
  private String applications(String namespace) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: rolling, namespace: NAMESPACE}
    spec:
      replicas: 2
      selector: {matchLabels: {app: rolling}}
      template:
        metadata: {labels: {app: rolling}}
        spec: SPEC
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: recreate, namespace: NAMESPACE, annotations: {podtap.io/repair: enabled}}
    spec:
      replicas: 1
      strategy: {type: Recreate}
      selector: {matchLabels: {app: recreate}}
      template:
        metadata: {labels: {app: recreate}}
        spec: SPEC
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: set, namespace: NAMESPACE, annotations: {podtap.io/repair: enabled}}
    spec:
      replicas: 2
      serviceName: set
      selector: {matchLabels: {app: set}}
      template:
        metadata: {labels: {app: set}}
        spec: SPEC
    """
        .replace(
            "SPEC",
            "{terminationGracePeriodSeconds: 1, containers: [{name: main, image: \"TOOLS\", command:"
                + " [sh, -c, \"trap exit TERM; sleep 3600 & wait\"], resources: {requests: {cpu: 5m,"
                + " memory: 8Mi}, limits: {cpu: 100m, memory: 24Mi}}}]}")
        .replace("NAMESPACE", namespace)
        .replace("TOOLS", cluster.tools());
  }

  @AfterAll
  void remove() {
    cluster.deleteNamespaces(namespaces());
    cluster.kubectl(
        "delete",
        "validatingadmissionpolicy,validatingadmissionpolicybinding",
        "repair-no-root",
        "--ignore-not-found");
    cluster.helm("uninstall", "podtap", "--namespace=podtap", "--ignore-not-found", "--wait");
    cluster.deleteNamespaces(List.of("podtap"));
  }

  @Test
  @Order(1)
  void touchesNobodyWhoseNewPodWouldBeRefused() throws Exception {
    cluster.install("--set=webhook.repair=restart");
    List<String> namespaces = List.copyOf(RULES.keySet());
    assertNobodyLosesAPod(
        namespaces,
        () -> {
          namespaces.forEach(this::label);
          Cluster.eventually()
              .until(() ->
                  metrics()
                      .contains("podtap_repair_pods{state=\"missing\",reason=\"before-label\"}"));
          sleep(LOOK);
        });
    assertThat(cluster.check("-n", String.join(",", namespaces))).contains("missing", "\"rolling-");
    for (String namespace : namespaces) {
      for (String owner : OWNERS) {
        assertThat(restartedAt(namespace, owner)).as(namespace + ' ' + owner).isEmpty();
      }
    }
  }

  private void label(String namespace) {
    cluster.kubectl("label", "--overwrite", "namespace", namespace, "podtap.io/inject=enabled");
  }

  @Test
  @Order(2)
  void losesNoPodToAnImageThatCannotBePulled() throws Exception {
    useTapImage("registry.invalid/podtap:0.1.0");
    assertNobodyLosesAPod(
        List.of(PLAIN),
        () -> {
          label(PLAIN);
          Cluster.eventually()
              .atMost(Cluster.PATIENCE.multipliedBy(2))
              .until(() -> metrics().contains("podtap_repair_problem 1"));
          sleep(LOOK);
        });
    for (String owner : List.of("deployment/recreate", "statefulset/set")) {
      assertThat(restartedAt(PLAIN, owner)).as(owner).isEmpty();
    }
  }

  @Test
  @Order(3)
  void repairsWhatCanBe() throws IOException {
    useTapImage(cluster.tapImage());
    Cluster.eventually()
        .atMost(Cluster.PATIENCE.multipliedBy(4))
        .untilAsserted(() -> {
          for (String owner : OWNERS) {
            String app = "app=" + owner.substring(owner.indexOf('/') + 1);
            for (String pod : cluster.pods(PLAIN, app)) {
              assertThat(cluster.field(PLAIN, "pod/" + pod, ".spec.initContainers[*].name"))
                  .as(pod)
                  .isEqualTo("podtap");
            }
          }
        });
    for (String owner : OWNERS) {
      cluster.awaitRollout(PLAIN, owner);
    }
  }

  /** Changes which tap the webhook makes, and nothing else. */
  private void useTapImage(String image) throws IOException {
    String webhook = "deployment/podtap-webhook";
    String now = cluster.kubectl("-n", "podtap", "get", webhook, "-o", "yaml");
    String changed = now.replaceFirst("(- --image\\n *- )\\S+", "$1" + image);
    assertThat(changed).isNotEqualTo(now);
    Path file = Files.writeString(folder.resolve("webhook.yaml"), changed);
    cluster.kubectl("replace", "-f", file.toString());
    cluster.awaitRollout("podtap", webhook);
  }

  /** What is done while applications are looked at. */
  private interface Action {
    void run() throws Exception;
  }

  /**
   * Sees every change of the owners' status, through kubectl that watches, while something is done.
   */
  private void assertNobodyLosesAPod(List<String> namespaces, Action action) throws Exception {
    List<Process> watches = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    try {
      for (String namespace : namespaces) {
        Path file = folder.resolve("watch-" + namespace + watches.size());
        files.add(file);
        watches.add(
            new ProcessBuilder(
                    "kubectl",
                    "--kubeconfig",
                    cluster.kubeconfig(),
                    "-n",
                    namespace,
                    "get",
                    "deployments,statefulsets",
                    "--watch",
                    "-o",
                    "jsonpath={.kind}/{.metadata.name} {.spec.replicas} {.status.availableReplicas}{\"\\n\"}")
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start());
      }
      action.run();
    } finally {
      watches.forEach(Process::destroy);
      for (Process watch : watches) {
        watch.waitFor(10, TimeUnit.SECONDS);
      }
    }
    for (Path file : files) {
      List<String> seen = Files.readAllLines(file);
      assertThat(seen).as(file.toString()).isNotEmpty();
      assertThat(seen.stream().map(ClusterRepairIT::judge).filter(LOST::equals))
          .as("owners below their replicas: %s", seen)
          .isEmpty();
    }
  }

  private static String judge(String line) {
    String[] words = line.strip().split(" ", -1);
    boolean isOwner = words[0].startsWith("Deployment/") || words[0].startsWith("StatefulSet/");
    boolean isWhole = words.length == 3 && words[1].equals(words[2]);
    return isOwner && !isWhole ? LOST : "";
  }

  private String restartedAt(String namespace, String owner) {
    return cluster.field(
        namespace,
        owner,
        ".spec.template.metadata.annotations.kubectl\\.kubernetes\\.io/restartedAt");
  }

  /** Returns the metrics of all replicas of the webhook. */
  private String metrics() {
    StringBuilder text = new StringBuilder();
    for (String pod : cluster.pods("podtap", "run=podtap-webhook")) {
      text.append(
          cluster.kubectl(
              "get", "--raw", "/api/v1/namespaces/podtap/pods/" + pod + ":9095/proxy/metrics"));
    }
    return text.toString();
  }

  private static void sleep(Duration time) throws InterruptedException {
    Thread.sleep(time.toMillis()); // nothing is to happen
  }

  private void apply(String name, String manifest) throws IOException {
    cluster.apply(Files.writeString(folder.resolve(name), manifest));
  }
}
