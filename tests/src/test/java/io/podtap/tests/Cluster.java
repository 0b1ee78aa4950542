/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A Kubernetes cluster as its users have it: kubectl and helm, and images that its nodes can pull.
 *
 * <p>Named by {@code CLUSTER_TEST_KUBECONFIG}, never by {@code KUBECONFIG}: what a developer's
 * shell points to is not for tests to write to.
 */
final class Cluster {

  /** How long a pod may take to start on a machine that is busy with other things. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Every look is a process of kubectl, which a busy machine has little room for. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);

  /** The label that the chart gives its sensors' pods. */
  static final String SENSORS = "run=podtap-sensor";

  /** What a cluster has without us, by names that could be ours: those of the test cluster. */
  private static final Pattern NOT_OURS =
      Pattern.compile("(node|csinode\\.storage\\.k8s\\.io|namespace)/.*|.*/podtap-test.*");

  private static final Set<String> OF_EVERY_NAMESPACE =
      Set.of("serviceaccount/default", "configmap/kube-root-ca.crt");

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

  /**
   * Waits for what a cluster comes to by and by. A look that fails (a container that has not begun
   * to log, a file that is half written) is one that has not seen it yet.
   */
  static ConditionFactory eventually() {
    return Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(BETWEEN_LOOKS)
        .ignoreExceptions();
  }

  /** Returns the file that says how to reach it. */
  String kubeconfig() {
    return kubeconfig;
  }

  /** Returns the tap's image; those of sensor and webhook are named after it. */
  String tapImage() {
    return image + ':' + Repository.version();
  }

  /** Returns a manifest's text with the images that this cluster has instead of the release's. */
  String withImages(String manifest) {
    return manifest.replaceAll(
        "podtap((?:-sensor|-webhook)?:" + Pattern.quote(Repository.version()) + ")", image + "$1");
  }

  /** Returns the image with busybox and tcpdump. */
  String tools() {
    return tools;
  }

  /** Returns the file of our own program. */
  String podtap() {
    return Repository.root().resolve("cli/target/image/bin/podtap").toString();
  }

  /** Starts our own program as its users have it: with this cluster's file in the environment. */
  Process startPodtap(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(podtap()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("KUBECONFIG", kubeconfig);
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Returns the JSON in which {@code podtap check} says what is to be done, which is something. */
  String check(String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("check", "-o", "json"));
    arguments.addAll(List.of(options));
    Process check = startPodtap(arguments.toArray(String[]::new));
    String found = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(found).isEqualTo(1);
    return found;
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

  /** Installs the chart with more options of helm, and returns when its pods are ready. */
  void install(String... options) {
    withChart(List.of("install", "--create-namespace", "--set=image.repository=" + image), options);
  }

  /** Changes the installation by more options of helm, and returns when its pods are ready. */
  void upgrade(String... options) {
    withChart(List.of("upgrade", "--reuse-values"), options);
  }

  private void withChart(List<String> command, String... options) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(
        List.of(
            "podtap",
            Repository.root().resolve("deploy/chart").toString(),
            "--namespace=podtap",
            "--wait",
            timeout()));
    arguments.addAll(List.of(options));
    helm(arguments.toArray(String[]::new));
  }

  /** Takes the chart out, and returns when its objects are gone. */
  void uninstall() {
    helm("uninstall", "podtap", "--namespace=podtap", "--wait", timeout());
  }

  /**
   * Returns what is there of Podtap, of every kind that the API server knows: what has its name or
   * the chart's label, and in its namespace all but what every namespace has.
   */
  List<String> left() {
    String ofNamespaces = kinds(true);
    Stream<String> ofTheCluster =
        kubectl("get", kinds(false), "-o", "name")
            .lines()
            .filter(name -> name.contains("/podtap") && !NOT_OURS.matcher(name).matches());
    Stream<String> inside =
        kubectl("-n", "podtap", "get", ofNamespaces, "-o", "name")
            .lines()
            .filter(name -> !OF_EVERY_NAMESPACE.contains(name));
    Stream<String> elsewhere =
        kubectl("get", ofNamespaces, "-A", "-l", "app.kubernetes.io/name=podtap", "-o", "name")
            .lines();
    return Stream.of(ofTheCluster, inside, elsewhere).flatMap(names -> names).distinct().toList();
  }

  /** Returns the kinds of objects that can be left over. Events go by themselves. */
  private String kinds(boolean namespaced) {
    return kubectl(
            "api-resources", "--verbs=list,delete", "--namespaced=" + namespaced, "-o", "name")
        .lines()
        .filter(kind -> !kind.startsWith("events"))
        .collect(Collectors.joining(","));
  }

  /** Makes namespaces. */
  void createNamespaces(List<String> names) {
    names.forEach(name -> kubectl("create", "namespace", name));
  }

  /** Makes a namespace whose pods get taps, and returns when the API server knows it. */
  void createTappedNamespace(String name) {
    kubectl("create", "namespace", name);
    kubectl("label", "namespace", name, "podtap.io/inject=enabled");
    // Pods of a namespace whose label the API server's cache has yet to hear of get no tap.
    eventually()
        .until(() ->
            kubectl(
                    "-n",
                    name,
                    "run",
                    "trial",
                    "--image=" + tools,
                    "--dry-run=server",
                    "-o",
                    "jsonpath={.spec.initContainers[*].name}")
                .equals("podtap"));
  }

  /** Deletes namespaces with all that is in them, those too that are not there. */
  void deleteNamespaces(List<String> names) {
    List<String> command = new ArrayList<>(List.of("delete", "namespace", "--ignore-not-found"));
    command.addAll(names);
    kubectl(command.toArray(String[]::new));
  }

  /** Makes a Secret of the files of a folder. */
  void createSecret(String namespace, String name, Path files) {
    kubectl("-n", namespace, "create", "secret", "generic", name, "--from-file=" + files);
  }

  /** Says how many pods a Deployment is to have. */
  void scale(String namespace, String deployment, int replicas) {
    kubectl("-n", namespace, "scale", "deployment/" + deployment, "--replicas=" + replicas);
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
    return eventually().until(() -> pods(namespace, selector), pods -> pods.size() == 1).getFirst();
  }

  /** Returns a pod's address. */
  String address(String namespace, String pod) {
    return field(namespace, "pod/" + pod, ".status.podIP");
  }

  /** Returns how often a pod's tap, its first init container, was started anew. */
  String tapRestarts(String namespace, String pod) {
    return field(namespace, "pod/" + pod, ".status.initContainerStatuses[0].restartCount");
  }

  /** Returns the names of the pods that a selector chooses and that are not about to end. */
  List<String> pods(String namespace, String selector) {
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

  /** Starts a command line of the shell in a container; what it prints is the process's output. */
  Process startShell(String namespace, String object, String container, String commandLine)
      throws IOException {
    return new ProcessBuilder(
            "kubectl",
            "--kubeconfig",
            kubeconfig,
            "-n",
            namespace,
            "exec",
            object,
            "-c",
            container,
            "--",
            "sh",
            "-c",
            commandLine)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
