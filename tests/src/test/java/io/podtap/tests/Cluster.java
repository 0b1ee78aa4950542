package io.podtap.tests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * A Kubernetes cluster as its users have it: kubectl and helm, and images that its nodes can pull.
 *
 * <p>Named by {@code CLUSTER_TEST_KUBECONFIG}, never by {@code KUBECONFIG}: what a developer's
 * shell points to is not for tests to write to.
 */
final class Cluster {

  /** How long a pod may take to start on a machine that is busy with other things. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String kubeconfig;
  private final String image;
  private final String tools;

  private Cluster(String kubeconfig) {
    this.kubeconfig = kubeconfig;
    this.image = System.getenv().getOrDefault("CLUSTER_TEST_IMAGE", "podtap");
    this.tools = System.getenv().getOrDefault("CLUSTER_TEST_TOOLS_IMAGE", "podtap.test/tools:1");
  }

  /** Returns the cluster that the environment names. */
  static Optional<Cluster> named() {
    return Optional.ofNullable(System.getenv("CLUSTER_TEST_KUBECONFIG"))
        .filter(name -> !name.isEmpty())
        .map(Cluster::new);
  }

  /** Returns the file that says how to reach it. */
  String kubeconfig() {
    return kubeconfig;
  }

  /** Returns the tap's image without its tag; sensor and webhook are beside it. */
  String image() {
    return image;
  }

  /** Returns the image with busybox and tcpdump. */
  String tools() {
    return tools;
  }

  /** Runs kubectl to its end and returns its output. */
  String kubectl(String... arguments) {
    return program("kubectl", arguments);
  }

  /** Runs helm to its end and returns its output. */
  String helm(String... arguments) {
    return program("helm", arguments);
  }

  private String program(String name, String... arguments) {
    List<String> command = new ArrayList<>(List.of(name, "--kubeconfig", kubeconfig));
    command.addAll(List.of(arguments));
    return Commands.run(command.toArray(String[]::new));
  }

  /** Creates or changes what a manifest says. */
  void apply(Path manifest) {
    kubectl("apply", "-f", manifest.toString());
  }

  /** Waits until a workload's pods are all new and ready. */
  void awaitRollout(String namespace, String workload) {
    kubectl("-n", namespace, "rollout", "status", workload, timeout());
  }

  /** Waits for a condition as kubectl names it, {@code condition=Ready} or a path in the status. */
  void awaitAll(String namespace, String condition, String selector) {
    kubectl("-n", namespace, "wait", "--for=" + condition, "pods", "-l", selector, timeout());
  }

  /** Waits for a condition as kubectl names it, {@code condition=Ready} or a path in the status. */
  void await(String namespace, String condition, String object) {
    kubectl("-n", namespace, "wait", "--for=" + condition, object, timeout());
  }

  private static String timeout() {
    return "--timeout=" + PATIENCE.toSeconds() + "s";
  }

  /** Returns one field of an object, by JSON path; empty when unset. */
  String field(String namespace, String object, String path) {
    return kubectl("-n", namespace, "get", object, "-o", "jsonpath={" + path + "}");
  }

  /** Returns the name of a pod that a selector chooses and that is not about to end. */
  String pod(String namespace, String selector) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> livingPods(namespace, selector), pods -> pods.size() == 1)
        .getFirst();
  }

  private List<String> livingPods(String namespace, String selector) {
    String template =
        "{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{\"\\n\"}{end}";
    return kubectl("-n", namespace, "get", "pods", "-l", selector, "-o", "jsonpath=" + template)
        .lines()
        .filter(line -> line.endsWith(" "))
        .map(String::strip)
        .toList();
  }

  /** Returns what a container has written. */
  String logs(String namespace, String object, String container) {
    return kubectl("-n", namespace, "logs", object, "-c", container, "--tail=-1");
  }

  /** Runs a command line of the shell in a container. */
  String shell(String namespace, String object, String container, String commandLine) {
    return kubectl("-n", namespace, "exec", object, "-c", container, "--", "sh", "-c", commandLine);
  }

  /** Returns the records that the sensor of the chart has written to its standard output. */
  List<Logs.Row> records() {
    return logs("podtap", "deployment/podtap-sensor", "sensor")
        .lines()
        .filter(line -> line.startsWith("{\"ts\""))
        .map(Cluster::row)
        .toList();
  }

  private static Logs.Row row(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    Json.object(line).forEach((name, value) -> fields.put(name, value.toString()));
    return new Logs.Row(fields);
  }
}
