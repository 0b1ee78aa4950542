package io.podtap.tests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  private static final String OF_THE_CLUSTER =
      "clusterroles,clusterrolebindings,mutatingwebhookconfigurations";
  private static final String OF_A_NAMESPACE =
      "pods,services,deployments,replicasets,daemonsets,secrets,configmaps,roles,rolebindings,"
          + "serviceaccounts,networkpolicies,poddisruptionbudgets,endpointslices,leases";
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
    return image + ":0.1.0";
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
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "install",
                "podtap",
                Repository.root().resolve("deploy/chart").toString(),
                "--namespace=podtap",
                "--create-namespace",
                "--set=image.repository=" + image,
                "--wait",
                timeout()));
    arguments.addAll(List.of(options));
    helm(arguments.toArray(String[]::new));
  }

  /** Takes the chart out, and returns when its objects are gone. */
  void uninstall() {
    helm("uninstall", "podtap", "--namespace=podtap", "--wait", timeout());
  }

  /** Returns what is there of Podtap: in its namespace all but what every namespace has. */
  List<String> left() {
    Stream<String> everywhere =
        kubectl("get", OF_THE_CLUSTER, "-o", "name")
            .lines()
            .filter(name -> name.contains("/podtap") && !name.contains("podtap-test"));
    Stream<String> inside =
        kubectl("-n", "podtap", "get", OF_A_NAMESPACE, "-o", "name")
            .lines()
            .filter(name -> !OF_EVERY_NAMESPACE.contains(name));
    return Stream.concat(everywhere, inside).toList();
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
    return eventually()
        .until(() -> livingPods(namespace, selector), pods -> pods.size() == 1)
        .getFirst();
  }

  /** Returns a pod's address. */
  String address(String namespace, String pod) {
    return field(namespace, "pod/" + pod, ".status.podIP");
  }

  /** Returns how often a pod's tap, its first init container, was started anew. */
  String tapRestarts(String namespace, String pod) {
    return field(namespace, "pod/" + pod, ".status.initContainerStatuses[0].restartCount");
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
