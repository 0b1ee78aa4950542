/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.injector.webhook.advice.ClusterAdvice;
import io.podtap.injector.webhook.advice.PullFailures;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Namespaces whose rules a tap may break, in a real API server that calls the webhook: every pod
 * that is taken without a tap is made, with a tap where one fits.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class NoPodRefusedIT {

  private static final Path DEPLOY = Path.of("../deploy/podtap.yaml");
  private static final String NO_TAP = "";

  /** The level of namespaces without a label, as an administrator sets it. */
  private static final String ADMISSION =
      """
      apiVersion: apiserver.config.k8s.io/v1
      kind: AdmissionConfiguration
      plugins:
        - name: PodSecurity
          configuration:
            apiVersion: pod-security.admission.config.k8s.io/v1
            kind: PodSecurityConfiguration
            defaults: {enforce: baseline, enforce-version: latest}
      """;

  @TempDir private static Path folder;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private RealApiServer api;
  private ClusterAdvice advice;
  private Webhook webhook;
  private Thread thread;

  @BeforeAll
  void start() throws Exception {
    Path admission = Files.writeString(folder.resolve("admission.yaml"), ADMISSION);
    api =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")),
            List.of("--admission-control-config-file=" + admission));
    Path identity = Files.createDirectory(folder.resolve("identity"));
    Certificate authority = TestCertificates.write(identity, Authority.KeyKind.EC, false);
    PrintStream lines = new PrintStream(log, true, StandardCharsets.UTF_8);
    advice =
        ClusterAdvice.start(
            cluster("administrator", RealApiServer.ADMINISTRATOR),
            true,
            new PullFailures(lines),
            lines);
    int port = RealApiServer.freePort();
    webhook =
        Webhook.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            IdentitySource.inFolder(identity),
            Optional.empty(),
            new Webhook.Policy(Templates.PLAIN, Set.of("kube-system"), false, advice),
            Optional.empty(),
            lines);
    thread = Thread.ofPlatform().start(this::run);
    // A loaded machine is not what is tested: 2 seconds are the chart's.
    ClusterObjects.createWebhook(api, DEPLOY, port, authority, Map.of("timeoutSeconds", 10L));
    namespace("first", "privileged");
    await(() -> tap(create("first", "", "", "&dryRun=All")).contains("podtap:1"));
  }

  private ClusterApi cluster(String name, String token) throws Exception {
    Path account = Files.createDirectory(folder.resolve(name));
    Files.writeString(account.resolve("token"), token);
    Files.writeString(account.resolve("namespace"), "podtap");
    Files.copy(api.certificates(), account.resolve("ca.crt"));
    return ClusterApi.mounted(URI.create("https://127.0.0.1:" + api.port()), account);
  }

  private void run() {
    try {
      webhook.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterAll
  void stop() throws Exception {
    if (webhook != null) {
      webhook.close();
      thread.join();
    }
    if (advice != null) {
      advice.close();
    }
    if (api != null) {
      api.close();
    }
  }

  private void namespace(String name, String level) throws Exception {
    String labels =
        level.isEmpty() ? "" : ", \"pod-security.kubernetes.io/enforce\": \"" + level + '"';
    api.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"%s\", \"labels\": {\"podtap.io/inject\": \"enabled\"%s}}}"
            .formatted(name, labels));
  }

  /**
   * @param resources of the pod's container, or an empty text
   * @param more of the pod's spec, or an empty text
   */
  private HttpResponse<String> create(String namespace, String resources, String more, String query)
      throws Exception {
    return api.ask(
        "POST",
        "/api/v1/namespaces/" + namespace + "/pods?fieldValidation=Strict" + query,
        """
        {"metadata": {"generateName": "a-"}, "spec": {%s "containers": [
         {"name": "app", "image": "registry.example/app", "securityContext": {"runAsUser": 1000}%s}]}}
        """
            .formatted(more, resources.isEmpty() ? "" : ", \"resources\": " + resources));
  }

  private static String tap(HttpResponse<String> answer) throws Exception {
    List<@Nullable Object> list =
        Tree.list(Tree.at(JsonText.read(answer.body()), "spec", "initContainers"));
    return list.isEmpty() ? NO_TAP : JsonText.write(list.getFirst());
  }

  /**
   * A namespace and a pod.
   *
   * @param kind of the object that limits it: {@code limitranges}, {@code resourcequotas}, or none
   * @param spec of that object
   * @param level PodSecurity's label, or an empty text
   * @param resources of the pod's container
   * @param more of the pod's spec
   * @param expected stands in the tap's container, or is empty where there is to be no tap
   * @param reason stands in the warning, or is empty
   */
  record Place(
      String name,
      String kind,
      String spec,
      String level,
      String resources,
      String more,
      String expected,
      String reason) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static Place ranges(
      String name, String limits, String resources, String expected, String reason) {
    return new Place(
        name,
        "limitranges",
        "{\"limits\": [" + limits + "]}",
        "privileged",
        resources,
        "",
        expected,
        reason);
  }

  private static Place grace(String name, String more, String expected) {
    return new Place(name, "", "", "privileged", "", more, expected, "");
  }

  private static String amounts(String cpu, String memory, String cpuLimit, String memoryLimit) {
    return ("{\"requests\": {\"cpu\": \"%s\", \"memory\": \"%s\"}, \"limits\": {\"cpu\": \"%s\","
            + " \"memory\": \"%s\"}}")
        .formatted(cpu, memory, cpuLimit, memoryLimit);
  }

  private static Place quota(String name, String memory, String expected, String reason) {
    return new Place(
        name,
        "resourcequotas",
        "{\"hard\": {\"limits.memory\": \"" + memory + "\", \"pods\": \"10\"}}",
        "privileged",
        amounts("100m", "128Mi", "200m", "256Mi"),
        "",
        expected,
        reason);
  }

  static Stream<Place> places() {
    String usual = amounts("100m", "128Mi", "200m", "256Mi");
    return Stream.of(
        grace("grace-0", "\"terminationGracePeriodSeconds\": 0,", "\"restartPolicy\":\"Always\""),
        grace("grace-1", "\"terminationGracePeriodSeconds\": 1,", "\"restartPolicy\":\"Always\""),
        grace("grace-2", "\"terminationGracePeriodSeconds\": 2,", "\"seconds\":1"),
        grace("grace-absent", "", "\"seconds\":1"),
        grace("deadline-1", "\"activeDeadlineSeconds\": 1,", "\"restartPolicy\":\"Always\""),
        ranges(
            "range-max",
            "{\"type\": \"Container\", \"max\": {\"cpu\": \"200m\", \"memory\": \"512Mi\"}}",
            usual,
            "\"limits\":{\"cpu\":\"200m\"",
            ""),
        ranges(
            "range-max-tiny",
            "{\"type\": \"Container\", \"max\": {\"cpu\": \"200m\", \"memory\": \"32Mi\"}}",
            amounts("10m", "16Mi", "100m", "32Mi"),
            NO_TAP,
            "limit-range"),
        ranges(
            "range-min",
            "{\"type\": \"Container\", \"min\": {\"cpu\": \"100m\", \"memory\": \"128Mi\"}}",
            usual,
            "\"requests\":{\"cpu\":\"100m\",\"memory\":\"128Mi\"",
            ""),
        ranges(
            "range-min-large",
            "{\"type\": \"Container\", \"min\": {\"cpu\": \"500m\", \"memory\": \"512Mi\"}}",
            amounts("1", "1Gi", "1", "1Gi"),
            "\"limits\":{\"cpu\":\"500m\",\"memory\":\"512Mi\"",
            ""),
        ranges(
            "range-ratio",
            "{\"type\": \"Container\", \"maxLimitRequestRatio\": {\"cpu\": \"2\", \"memory\":"
                + " \"2\"}}",
            usual,
            "\"requests\":{\"cpu\":\"125m\",\"memory\":\"128Mi\"",
            ""),
        ranges(
            "range-pod-ratio",
            "{\"type\": \"Pod\", \"maxLimitRequestRatio\": {\"cpu\": \"2\"}}",
            usual,
            "\"requests\":{\"cpu\":\"125m\"",
            ""),
        ranges(
            "range-pod-max",
            "{\"type\": \"Pod\", \"max\": {\"cpu\": \"400m\", \"memory\": \"400Mi\"}}",
            usual,
            "\"limits\":{\"cpu\":\"200m\",\"memory\":\"144Mi\"",
            ""),
        ranges(
            "range-pod-max-full",
            "{\"type\": \"Pod\", \"max\": {\"cpu\": \"400m\", \"memory\": \"270Mi\"}}",
            usual,
            NO_TAP,
            "limit-range"),
        ranges(
            "range-default",
            "{\"type\": \"Container\", \"default\": {\"cpu\": \"1\", \"memory\": \"1Gi\"},"
                + " \"defaultRequest\": {\"cpu\": \"1\", \"memory\": \"1Gi\"}}",
            "",
            "\"limits\":{\"cpu\":\"250m\"",
            ""),
        ranges(
            "range-storage",
            "{\"type\": \"Container\", \"max\": {\"ephemeral-storage\": \"1Gi\"}, \"min\":"
                + " {\"ephemeral-storage\": \"100Mi\"}}",
            "{\"requests\": {\"ephemeral-storage\": \"200Mi\"}, \"limits\": {\"ephemeral-storage\":"
                + " \"500Mi\"}}",
            "\"ephemeral-storage\":\"100Mi\"",
            ""),
        ranges(
            "range-storage-pod",
            "{\"type\": \"Container\", \"default\": {\"ephemeral-storage\": \"500Mi\"}},"
                + " {\"type\": \"Pod\", \"max\": {\"ephemeral-storage\": \"600Mi\"}}",
            "",
            "\"ephemeral-storage\":\"100Mi\"",
            ""),
        ranges(
            "range-guaranteed",
            "{\"type\": \"Container\", \"max\": {\"cpu\": \"200m\", \"memory\": \"200Mi\"}}",
            amounts("100m", "100Mi", "100m", "100Mi"),
            "\"requests\":{\"cpu\":\"200m\",\"memory\":\"200Mi\"",
            ""),
        quota("quota-wide", "1Gi", "\"restartPolicy\":\"Always\"", ""),
        quota("quota-tight", "300Mi", NO_TAP, "quota"),
        new Place("security-by-configuration", "", "", "", "", "", NO_TAP, "would-be-refused"),
        new Place(
            "security-restricted",
            "",
            "",
            "restricted",
            "",
            "\"securityContext\": {\"runAsNonRoot\": true, \"seccompProfile\": {\"type\":"
                + " \"RuntimeDefault\"}},",
            "refused anyway",
            ""));
  }

  @ParameterizedTest
  @MethodSource("places")
  void noPodIsRefusedBecauseOfATap(Place place) throws Exception {
    namespace(place.name(), place.level());
    if (!place.kind().isEmpty()) {
      limit(place);
    }
    HttpResponse<String> answer = create(place.name(), place.resources(), place.more(), "");
    if (place.expected().equals("refused anyway")) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
      return;
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    if (place.expected().isEmpty()) {
      assertThat(tap(answer)).isEmpty();
      assertThat(answer.headers().allValues("Warning").toString())
          .contains("no tap, " + place.reason() + ": ");
    } else {
      assertThat(tap(answer)).as(warnings(answer)).contains(place.expected());
    }
    if (place.name().matches("grace-[01]|deadline-1")) {
      assertThat(tap(answer)).doesNotContain("lifecycle");
    }
  }

  private static String warnings(HttpResponse<String> answer) {
    return answer.headers().allValues("Warning").toString();
  }

  private void limit(Place place) throws Exception {
    String path = "/api/v1/namespaces/" + place.name() + '/' + place.kind();
    api.create(path, "{\"metadata\": {\"name\": \"its\"}, \"spec\": " + place.spec() + "}");
    if (place.kind().equals("resourcequotas")) {
      // what the controller manager would do
      Map<String, @Nullable Object> hard = Tree.map(Tree.at(JsonText.read(place.spec()), "hard"));
      Map<String, @Nullable Object> used = new LinkedHashMap<>();
      hard.keySet().forEach(name -> used.put(name, "0"));
      api.patch(
          path + "/its/status",
          JsonText.write(Map.of("status", Map.of("hard", hard, "used", used))));
    }
    // The admission plugins follow a moment later.
    String all = api.ask("GET", path, "").body();
    assertThat(all).contains("\"its\"");
    Thread.sleep(1_000);
  }

  @Test
  void aQuotaIsNotUsedUpByTaps() throws Exception {
    Place place = quota("quota-of-four", "1100Mi", "", "");
    namespace(place.name(), place.level());
    limit(place);
    List<Integer> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      answers.add(
          api.ask(
                  "POST",
                  "/api/v1/namespaces/" + place.name() + "/pods",
                  """
                  {"metadata": {"generateName": "a-", "ownerReferences": [{"controller": true,
                   "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "a", "uid": "1-2"}]},
                   "spec": {"containers": [{"name": "app", "image": "a", "resources": %s}]}}
                  """
                      .formatted(place.resources()))
              .statusCode());
    }
    assertThat(answers).containsOnly(201); // 4 times 256Mi, and no tap in the first
  }

  static Stream<String[]> policies() {
    String root =
        "(!has(c.securityContext) || !has(c.securityContext.runAsUser) ||"
            + " c.securityContext.runAsUser != 0)";
    return Stream.of(
        new String[] {"no-root", root},
        new String[] {"one-registry", "c.image.startsWith('registry.example/')"});
  }

  @ParameterizedTest
  @MethodSource("policies")
  void policiesAreAskedBeforehand(String name, String rule) throws Exception {
    namespace(name, "privileged");
    String expression =
        "object.spec.containers.all(c, "
            + rule
            + ") && (!has(object.spec.initContainers) || object.spec.initContainers.all(c, "
            + rule
            + "))";
    String base = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic";
    api.create(
        base + "ies",
        JsonText.write(
            Map.of(
                "metadata",
                Map.of("name", name),
                "spec",
                Map.of(
                    "matchConstraints",
                    Map.of(
                        "resourceRules",
                        List.of(
                            Map.of(
                                "apiGroups", List.of(""),
                                "apiVersions", List.of("v1"),
                                "operations", List.of("CREATE"),
                                "resources", List.of("pods")))),
                    "validations",
                    List.of(Map.of("expression", expression, "message", "not allowed here"))))));
    api.create(
        base + "ybindings",
        """
        {"metadata": {"name": "%s"}, "spec": {"policyName": "%s", "validationActions": ["Deny"],
         "matchResources": {"namespaceSelector": {"matchLabels":
          {"kubernetes.io/metadata.name": "%s"}}}}}
        """
            .formatted(name, name, name));
    String breaking =
        "{\"metadata\": {\"generateName\": \"b-\", \"labels\": {\"podtap.io/inject\":"
            + " \"disabled\"}}, \"spec\": {\"containers\": [{\"name\": \"b\", \"image\": \"other\","
            + " \"securityContext\": {\"runAsUser\": 0}}]}}";
    await(() ->
        api.ask("POST", "/api/v1/namespaces/" + name + "/pods?dryRun=All", breaking).statusCode()
            == 422);
    HttpResponse<String> answer = create(name, "", "", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(tap(answer)).isEmpty();
    assertThat(warnings(answer)).contains("no tap, would-be-refused: ").contains("not allowed");
  }

  @Test
  void withoutTheRightsPodsAreInjectedAsConfigured() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream lines = new PrintStream(said, true, StandardCharsets.UTF_8);
    try (ClusterAdvice none =
        ClusterAdvice.start(
            cluster("nobody", RealApiServer.TOKEN), true, new PullFailures(lines), lines)) {
      Admission admission = new Admission(Templates.PLAIN, Set.of(), true, none);
      Object review =
          JsonText.read(
              """
              {"apiVersion": "admission.k8s.io/v1", "request": {"uid": "u", "operation": "CREATE",
               "namespace": "first", "resource": {"resource": "pods"},
               "object": {"metadata": {}, "spec": {"containers": [{"name": "a", "image": "a"}]}}}}
              """);
      for (int i = 0; i < 3; i++) {
        assertThat(
                admission.answer(review, Map.of(), System.nanoTime() + 10_000_000_000L).decision())
            .isEqualTo(Admission.INJECTED);
      }
      await(() -> said.toString(StandardCharsets.UTF_8).contains("image-check is off"));
      assertThat(said.toString(StandardCharsets.UTF_8).lines())
          .hasSize(4)
          .allMatch(line -> line.matches("podtap: [a-z-]+ is off: .* may not (list|create) .*"));
    }
  }
}
