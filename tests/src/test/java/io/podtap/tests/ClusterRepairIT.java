/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Namespaces whose rules refuse pods with a tap, each in its own way, and a tap whose image cannot
 * be pulled: no application is below its replicas for a moment, and no pod is refused because of a
 * tap. After a repair that failed the next one waits for an hour; {@code RealRepairIT} has both.
 */
@RequiresCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterRepairIT {

  /** By namespace, what refuses the tap of the chart there. */
  private static final Map<String, String> REFUSING = new LinkedHashMap<>();

  /** More such namespaces, in which there are no pods before the webhook is asked. */
  private static final Map<String, String> MORE = new LinkedHashMap<>();

  private static final String PLAIN = "repair-plain";

  private static final List<String> OWNERS =
      List.of("deployment/rolling", "deployment/recreate", "statefulset/set");

  private static final String FRESH = "deployment/fresh";

  private static final String NO_ROOT =
      "(!has(c.securityContext) || !has(c.securityContext.runAsUser) ||"
          + " c.securityContext.runAsUser != 0)";

  /** A name that no resolver knows, see RFC 6761 section 6.4. */
  private static final String ABSENT_IMAGE = "registry.invalid/podtap:absent";

  private static final String WEBHOOK = "deployment/podtap-webhook";

  static {
    REFUSING.put("repair-limits", range("repair-limits", "{type: Pod, max: {memory: 30Mi}}"));
    REFUSING.put(
        "repair-quota",
        """
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: full, namespace: repair-quota}
        spec: {hard: {limits.memory: 200Mi}}
        """);
    REFUSING.put("repair-policy", policy("repair-policy", NO_ROOT));
    MORE.put(
        "repair-ratio",
        range("repair-ratio", "{type: Container, maxLimitRequestRatio: {memory: 3}}"));
    MORE.put("repair-max", range("repair-max", "{type: Container, max: {memory: 128Mi}}"));
    MORE.put("repair-registry", policy("repair-registry", "c.image.startsWith('REGISTRY')"));
    MORE.put("repair-restricted", "");
    MORE.put("repair-grace", "");
  }

  private final Cluster cluster = Cluster.named().orElseThrow();

  @TempDir static Path folder;

  private static String range(String namespace, String limit) {
    return """
    apiVersion: v1
    kind: LimitRange
    metadata: {name: small, namespace: %s}
    spec: {limits: [%s]}
    """
        .formatted(namespace, limit);
  }

  /** A policy by which every container of a namespace's pods must satisfy a rule. */
  private static String policy(String namespace, String rule) {
    return """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: NAMESPACE}
    spec:
      matchConstraints:
        resourceRules:
          - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
      validations:
        - expression: "object.spec.containers.all(c, RULE) && (!has(object.spec.initContainers) || object.spec.initContainers.all(c, RULE))"
          message: not allowed in NAMESPACE
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: NAMESPACE}
    spec:
      policyName: NAMESPACE
      validationActions: [Deny]
      matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}}
    """
        .replace("RULE", rule)
        .replace("NAMESPACE", namespace);
  }

  private static List<String> namespaces() {
    return Stream.of(REFUSING.keySet(), MORE.keySet(), List.of(PLAIN))
        .flatMap(names -> names.stream())
        .toList();
  }

  @BeforeAll
  void install() throws IOException {
    cluster.createNamespaces(namespaces());
    String registry = cluster.tools().substring(0, cluster.tools().lastIndexOf('/') + 1);
    for (Map<String, String> rules : List.of(REFUSING, MORE)) {
      for (Map.Entry<String, String> rule : rules.entrySet()) {
        if (!rule.getValue().isEmpty()) {
          apply(rule.getKey() + "-rule.yaml", rule.getValue().replace("REGISTRY", registry));
        }
      }
    }
    cluster.kubectl(
        "label", "namespace", "repair-restricted", "pod-security.kubernetes.io/enforce=restricted");
    List<String> withPods = Stream.concat(REFUSING.keySet().stream(), Stream.of(PLAIN)).toList();
    for (String namespace : withPods) {
      apply(namespace + ".yaml", applications(namespace));
    }
    cluster.install(
        "--set=webhook.repair=restart",
        "--set=webhook.replicas=1",
        "--set=webhook.timeoutSeconds=10", // a loaded machine is not what is tested
        "--set=sensor.enabled=false",
        "--set=tap.sensor=192.0.2.1", // what a tap finds does not matter here
        "--set=webhook.limits=false"); // only dry runs protect the owners
    for (String namespace : withPods) {
      for (String owner : OWNERS) {
        cluster.awaitRollout(namespace, owner);
      }
    }
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
      template: {metadata: {labels: {app: rolling}}, spec: SPEC}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: recreate, namespace: NAMESPACE, annotations: {podtap.io/repair: enabled}}
    spec:
      replicas: 1
      strategy: {type: Recreate}
      selector: {matchLabels: {app: recreate}}
      template: {metadata: {labels: {app: recreate}}, spec: SPEC}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: set, namespace: NAMESPACE, annotations: {podtap.io/repair: enabled}}
    spec:
      replicas: 1
      serviceName: set
      selector: {matchLabels: {app: set}}
      template: {metadata: {labels: {app: set}}, spec: SPEC}
    """
        .replace("SPEC", spec(1))
        .replace("NAMESPACE", namespace);
  }

  private String fresh(String namespace) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: fresh, namespace: NAMESPACE}
    spec:
      selector: {matchLabels: {app: fresh}}
      template: {metadata: {labels: {app: fresh}}, spec: SPEC}
    """
        .replace("SPEC", spec(namespace.equals("repair-grace") ? 0 : 1))
        .replace("NAMESPACE", namespace);
  }

  /** A pod that every level of PodSecurity takes. */
  private String spec(int graceSeconds) {
    return ("{terminationGracePeriodSeconds: GRACE, automountServiceAccountToken: false,"
            + " securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type:"
            + " RuntimeDefault}}, containers: [{name: main, image: \"TOOLS\", command: [sh, -c,"
            + " \"trap exit TERM; sleep 3600 & wait\"], securityContext: {allowPrivilegeEscalation:"
            + " false, capabilities: {drop: [ALL]}}, resources: {requests: {cpu: 5m, memory: 8Mi},"
            + " limits: {cpu: 100m, memory: 24Mi}}}]}")
        .replace("GRACE", Integer.toString(graceSeconds))
        .replace("TOOLS", cluster.tools());
  }

  @AfterAll
  void remove() {
    cluster.deleteNamespaces(namespaces());
    cluster.kubectl(
        "delete",
        "validatingadmissionpolicy,validatingadmissionpolicybinding",
        "repair-policy",
        "repair-registry",
        "--ignore-not-found");
    cluster.helm("uninstall", "podtap", "--namespace=podtap", "--ignore-not-found", "--wait");
    cluster.deleteNamespaces(List.of("podtap"));
  }

  @Test
  @Order(1)
  void touchesNobodyWhoseNewPodWouldBeRefused() throws Exception {
    List<String> namespaces = List.copyOf(REFUSING.keySet());
    assertNobodyLosesAPod(
        namespaces,
        () -> {
          namespaces.forEach(this::label);
          Cluster.eventually()
              .atMost(Cluster.PATIENCE.multipliedBy(2))
              .untilAsserted(() -> assertThat(leftAlone()).containsAll(owners(namespaces)));
        });
    String found = cluster.check("-n", String.join(",", namespaces));
    assertThat(found).contains("\"missing\"", "\"rolling-", "\"recreate-", "\"set-0\"");
    for (String namespace : namespaces) {
      for (String owner : OWNERS) {
        assertThat(restartedAt(namespace, owner)).as(namespace + ' ' + owner).isEmpty();
      }
    }
  }

  private static List<String> owners(List<String> namespaces) {
    return namespaces.stream()
        .flatMap(namespace ->
            OWNERS.stream().map(owner -> namespace + owner.substring(owner.indexOf('/'))))
        .toList();
  }

  /** Returns the owners of which the log says that they are not repaired, as namespace and name. */
  private List<String> leftAlone() {
    Pattern line = Pattern.compile("repair: \\w+ (\\S+/\\S+) is not repaired: ");
    return line.matcher(cluster.kubectl("-n", "podtap", "logs", WEBHOOK))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private void label(String namespace) {
    cluster.kubectl("label", "--overwrite", "namespace", namespace, "podtap.io/inject=enabled");
  }

  private void awaitMetric(String line) {
    Cluster.eventually()
        .atMost(Cluster.PATIENCE.multipliedBy(2))
        .untilAsserted(() -> assertThat(metrics().lines()).contains(line));
  }

  @Test
  @Order(2)
  void noPodIsRefusedBecauseOfATap() throws IOException {
    cluster.upgrade("--set=webhook.limits=true", "--set=webhook.dryRunCheck=true");
    // It has found the right to read LimitRanges missing, and would not look again for ten minutes.
    cluster.kubectl("-n", "podtap", "rollout", "restart", WEBHOOK);
    cluster.awaitRollout("podtap", WEBHOOK);
    MORE.keySet().forEach(this::label);
    List<String> setUps =
        Stream.concat(REFUSING.keySet().stream(), MORE.keySet().stream()).toList();
    assertThat(setUps).hasSizeGreaterThanOrEqualTo(8);
    for (String namespace : setUps) {
      apply(namespace + "-fresh.yaml", fresh(namespace));
    }
    for (String namespace : setUps) {
      cluster.awaitRollout(namespace, FRESH);
      String refusals =
          cluster.kubectl(
              "-n",
              namespace,
              "get",
              "events",
              "--field-selector=reason=FailedCreate",
              "-o",
              "jsonpath={.items[*].message}");
      assertThat(refusals).as(namespace).isEmpty();
    }
    Map<String, String> taps = new LinkedHashMap<>();
    setUps.forEach(namespace -> taps.put(namespace, tapOf(namespace, "app=fresh")));
    assertThat(taps)
        .as("where a tap fits there is one")
        .containsEntry("repair-ratio", "podtap")
        .containsEntry("repair-max", "podtap")
        .containsEntry("repair-grace", "podtap")
        .containsEntry("repair-limits", "")
        .containsEntry("repair-quota", "")
        .containsEntry("repair-policy", "")
        .containsEntry("repair-restricted", "");
  }

  private String tapOf(String namespace, String selector) {
    return cluster.field(
        namespace, "pod/" + cluster.pod(namespace, selector), ".spec.initContainers[*].name");
  }

  @Test
  @Order(3)
  void losesNoPodToAnImageThatCannotBePulled() throws Exception {
    useTapImage(ABSENT_IMAGE);
    assertNobodyLosesAPod(
        List.of(PLAIN),
        () -> {
          label(PLAIN);
          awaitMetric("podtap_webhook_images_not_pullable 1");
          awaitMetric("podtap_repair_problem 1");
          cluster.awaitRollout(PLAIN, "deployment/rolling"); // put back
        });
    for (String owner : List.of("deployment/recreate", "statefulset/set")) {
      assertThat(restartedAt(PLAIN, owner)).as(owner).isEmpty();
    }
    // The webhook injects it nowhere, and says so: new applications start.
    apply("plain-fresh.yaml", fresh(PLAIN));
    cluster.awaitRollout(PLAIN, FRESH);
    assertThat(tapOf(PLAIN, "app=fresh")).isEmpty();
    assertThat(metrics()).contains("podtap_webhook_reviews_total{decision=\"image-not-pullable\"}");
    assertThat(cluster.kubectl("-n", "podtap", "logs", WEBHOOK))
        .contains(ABSENT_IMAGE, "no pod is given it for 5 minutes");
    Cluster.eventually()
        .untilAsserted(() ->
            assertThat(
                    cluster.kubectl(
                        "-n",
                        PLAIN,
                        "get",
                        "events",
                        "--field-selector=reason=NoTap",
                        "-o",
                        "jsonpath={.items[*].message}"))
                .contains("image-not-pullable"));
  }

  /** Changes which tap the webhook makes, and nothing else. */
  private void useTapImage(String image) throws IOException {
    String now = cluster.kubectl("-n", "podtap", "get", WEBHOOK, "-o", "yaml");
    String changed = now.replaceFirst("(- --image\\n *- |- --image=)\\S+", "$1" + image);
    assertThat(changed).isNotEqualTo(now);
    Path file = Files.writeString(folder.resolve("webhook.yaml"), changed);
    cluster.kubectl("replace", "-f", file.toString());
    cluster.awaitRollout("podtap", WEBHOOK);
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
        for (String kind : List.of("deployments", "statefulsets")) { // kubectl watches one kind
          Path file = folder.resolve("watch-" + namespace + '-' + kind);
          files.add(file);
          watches.add(watch(namespace, kind, file));
        }
      }
      Cluster.eventually()
          .untilAsserted(() -> assertThat(files).allMatch(ClusterRepairIT::hasBegun));
      action.run();
      assertThat(watches).as("a watch that has ended saw nothing since").allMatch(Process::isAlive);
    } finally {
      watches.forEach(Process::destroy);
      for (Process watch : watches) {
        watch.waitFor(10, TimeUnit.SECONDS);
      }
    }
    for (Path file : files) {
      List<String> seen = Files.readAllLines(file);
      assertThat(seen.stream().filter(ClusterRepairIT::isBelowItsReplicas))
          .as("%s: %s", file.getFileName(), seen)
          .isEmpty();
    }
  }

  private Process watch(String namespace, String kind, Path file) throws IOException {
    return new ProcessBuilder(
            "kubectl",
            "--kubeconfig",
            cluster.kubeconfig(),
            "-n",
            namespace,
            "get",
            kind,
            "--watch",
            "-o",
            "jsonpath={.kind}/{.metadata.name} {.spec.replicas} {.status.availableReplicas}{\"\\n\"}")
        .redirectErrorStream(true)
        .redirectOutput(file.toFile())
        .start();
  }

  private static boolean hasBegun(Path file) {
    try {
      return Files.exists(file) && Files.size(file) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What is not such a line (a failure of kubectl) counts as a loss: nobody knows. */
  private static boolean isBelowItsReplicas(String line) {
    String[] words = line.strip().split(" ", -1);
    return words.length < 3
        || !words[2].matches("\\d+")
        || Integer.parseInt(words[2]) < Integer.parseInt(words[1]);
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

  private void apply(String name, String manifest) throws IOException {
    cluster.apply(Files.writeString(folder.resolve(name), manifest));
  }
}
