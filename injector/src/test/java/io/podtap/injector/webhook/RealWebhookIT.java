package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.PodSecurity;
import io.podtap.injector.inject.Resources;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/podtap.yaml} in a real API server, which calls the webhook. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealWebhookIT {

  private static final Path DEPLOY = Path.of("../deploy/podtap.yaml");
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String CONFIGURATION = "podtap-webhook";
  private static final OwnCertificate CERTIFICATE =
      new OwnCertificate("podtap-webhook-certificate", CONFIGURATION, List.of("localhost"), 90);

  private static final TapTemplate TEMPLATE =
      new TapTemplate(
          "podtap:1",
          "",
          true,
          Map.of("sensor", "10.0.0.3", "interface", "eth0", "vni", "42"),
          new Resources("50m", "64Mi", "250m", "256Mi"),
          PodSecurity.PRIVILEGED);

  @TempDir private static Path folder;
  private RealApiServer api;
  private Webhook webhook;
  private Thread thread;

  @BeforeAll
  void start() throws Exception {
    api =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")));
    int port = freePort();
    for (Map<String, @Nullable Object> object : ClusterObjects.read(Files.readString(DEPLOY))) {
      boolean isConfiguration = Tree.text(object, "kind").startsWith("Mutating");
      if (isConfiguration) {
        ClusterObjects.create(api, object, "&dryRun=All");
      }
      ClusterObjects.create(
          api, isConfiguration ? ClusterObjects.callingHere(object, port) : object, "");
    }
    namespace("asks", "\"podtap.io/inject\": \"enabled\"");
    namespace("silent", "\"a\": \"b\"");
    namespace(
        "baseline",
        "\"podtap.io/inject\": \"enabled\", \"pod-security.kubernetes.io/enforce\": \"baseline\"");
    namespace(
        "restricted",
        "\"podtap.io/inject\": \"enabled\", \"pod-security.kubernetes.io/enforce\": \"restricted\"");
    account();
    webhook =
        Webhook.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            SharedCertificate.open(cluster(), CERTIFICATE, Clock.systemUTC()),
            TEMPLATE,
            Set.of("kube-system", "podtap"),
            false,
            new PrintStream(System.err, true, StandardCharsets.UTF_8));
    thread = Thread.ofPlatform().start(this::run);
    awaitCalled();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void namespace(String name, String labels) throws Exception {
    api.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"" + name + "\", \"labels\": {" + labels + "}}}");
  }

  /** What is mounted into the webhook's pod: a token of the service account in deploy. */
  private void account() throws Exception {
    HttpResponse<String> answer =
        api.ask(
            "POST",
            "/api/v1/namespaces/podtap/serviceaccounts/podtap-webhook/token",
            "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenRequest\"}");
    Files.writeString(
        folder.resolve("token"), Tree.text(JsonText.read(answer.body()), "status", "token"));
    Files.writeString(folder.resolve("namespace"), "podtap");
    Files.copy(api.certificates(), folder.resolve("ca.crt"));
  }

  private ClusterApi cluster() {
    return ClusterApi.mounted(URI.create("https://127.0.0.1:" + api.port()), folder);
  }

  private void run() {
    try {
      webhook.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The API server hears of a new configuration a moment later. */
  private void awaitCalled() throws Exception {
    for (int i = 0; i < 100; i++) {
      HttpResponse<String> answer =
          create("asks", "{\"generateName\": \"probe-\"}", "", "&dryRun=All");
      if (answer.body().contains("podtap:1")) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("the API server does not call the webhook");
  }

  @AfterAll
  void stop() throws Exception {
    if (webhook != null) {
      webhook.close();
      thread.join();
    }
    if (api != null) {
      api.close();
    }
  }

  private HttpResponse<String> create(String namespace, String metadata, String more, String query)
      throws Exception {
    String container =
        "{\"name\": \"app\", \"image\": \"app\", \"securityContext\": {\"allowPrivilegeEscalation\":"
            + " false, \"capabilities\": {\"drop\": [\"ALL\"]}, \"runAsNonRoot\": true,"
            + " \"seccompProfile\": {\"type\": \"RuntimeDefault\"}}}";
    return api.ask(
        "POST",
        "/api/v1/namespaces/" + namespace + "/pods?fieldValidation=Strict" + query,
        "{\"metadata\": "
            + metadata
            + ", \"spec\": {\"containers\": ["
            + container
            + "]"
            + more
            + "}}");
  }

  private static @Nullable Object pod(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JsonText.read(answer.body());
  }

  private static String firstInit(HttpResponse<String> answer) throws Exception {
    List<@Nullable Object> list = Tree.list(Tree.at(pod(answer), "spec", "initContainers"));
    return list.isEmpty() ? "" : JsonText.write(list.getFirst());
  }

  @Test
  void podsGetTheirTapAsTheyAreCreated() throws Exception {
    String tap =
        firstInit(
            create(
                "asks",
                "{\"generateName\": \"a-\"}",
                ", \"initContainers\": [{\"name\": \"first\", \"image\": \"first\"}]",
                ""));
    assertThat(tap)
        .contains("\"name\":\"podtap\"")
        .contains("\"restartPolicy\":\"Always\"")
        .contains("\"add\":[\"NET_RAW\"]");
  }

  @Test
  void podsMayAskAndRefuse() throws Exception {
    assertThat(firstInit(create("silent", "{\"generateName\": \"a-\"}", "", ""))).isEmpty();
    String asks = "{\"generateName\": \"a-\", \"labels\": {\"podtap.io/inject\": \"enabled\"}}";
    assertThat(firstInit(create("silent", asks, "", ""))).contains("podtap");
    String refuses = asks.replace("enabled", "disabled");
    assertThat(firstInit(create("asks", refuses, "", ""))).isEmpty();
    assertThat(firstInit(create("kube-system", asks, "", ""))).isEmpty();
  }

  @Test
  void theReasonIsAWarning() throws Exception {
    HttpResponse<String> answer =
        create("asks", "{\"generateName\": \"a-\"}", ", \"hostNetwork\": true", "");
    assertThat(firstInit(answer)).isEmpty();
    assertThat(answer.headers().allValues("Warning").toString()).contains("no tap, host-network: ");
  }

  @Test
  void podSecurityTakesWhatComesOut() throws Exception {
    assertThat(firstInit(create("baseline", "{\"generateName\": \"a-\"}", "", "")))
        .contains("podtap")
        .doesNotContain("\"NET_RAW\"");
    HttpResponse<String> restricted = create("restricted", "{\"generateName\": \"a-\"}", "", "");
    assertThat(firstInit(restricted)).isEmpty();
    assertThat(restricted.headers().allValues("Warning").toString())
        .contains("restricted-namespace");
  }

  @Test
  void theServerTakesEveryManifestThatComesOut() throws Exception {
    namespace("shop", "\"a\": \"b\"");
    for (String file :
        List.of(
            "deployment.yaml.out",
            "annotations.yaml.out",
            "container-mode.yaml.out",
            "guaranteed.yaml.out",
            "run-as-non-root.yaml.out",
            "read-only-volumes.yaml.out",
            "share-process-namespace.yaml.out",
            "override.yaml.out",
            "json.json.out",
            "crlf.yaml.out")) {
      ClusterObjects.createAll(api, GOLDEN.resolve(file), "&dryRun=All");
    }
  }

  @Test
  void everyRuleIsNeededAndNamed() throws Exception {
    String role =
        "/apis/rbac.authorization.k8s.io/v1/namespaces/podtap/rolebindings/podtap-webhook";
    String clusterRole = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/podtap-webhook";
    assertThat(SharedCertificate.open(cluster(), CERTIFICATE, Clock.systemUTC()).problem())
        .isEmpty();
    without(
        clusterRole,
        () ->
            assertThat(SharedCertificate.open(cluster(), CERTIFICATE, Clock.systemUTC()).problem())
                .contains("GET mutatingwebhookconfiguration podtap-webhook: 403"));
    without(
        role,
        () ->
            assertThatThrownBy(
                    () -> SharedCertificate.open(cluster(), CERTIFICATE, Clock.systemUTC()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("GET secret podtap-webhook-certificate: 403"));
    assertThat(cluster().get("/api/v1/namespaces/podtap/secrets").status()).isEqualTo(403);
    assertThat(cluster().get("/api/v1/namespaces").status()).isEqualTo(403);
  }

  @Test
  void aWebhookThatHangsOrIsGoneCostsAPodItsTapAndTwoSeconds() throws Exception {
    String path =
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/podtap-hangs";
    namespace("hangs", "\"hangs\": \"yes\"");
    String asks = "{\"generateName\": \"a-\", \"labels\": {\"podtap.io/inject\": \"enabled\"}}";
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      copyConfiguration(CONFIGURATION, "podtap-hangs", silent.getLocalPort());
      long start = System.nanoTime();
      HttpResponse<String> answer = create("hangs", asks, "", "");
      long milliseconds = (System.nanoTime() - start) / 1_000_000;
      assertThat(pod(answer)).isNotNull();
      assertThat(milliseconds).isBetween(1_900L, 4_000L);
    }
    assertThat(pod(create("hangs", asks, "", ""))).isNotNull();
    api.delete(path);
  }

  /** Adds a copy of a configuration that calls another port, and waits until it is in use. */
  private void copyConfiguration(String from, String to, int port) throws Exception {
    String collection = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    Map<String, @Nullable Object> copy =
        ClusterObjects.callingHere(
            Tree.map(JsonText.read(api.ask("GET", collection + '/' + from, "").body())), port);
    copy.put("metadata", Map.of("name", to));
    api.create(collection, JsonText.write(copy));
    Thread.sleep(2_000);
  }

  private interface Check {
    void run() throws Exception;
  }

  /** Takes a binding away and gives it back; the authorizer follows a moment later. */
  private void without(String path, Check check) throws Exception {
    String binding = api.ask("GET", path, "").body();
    api.delete(path);
    Thread.sleep(1_000);
    check.run();
    Map<String, @Nullable Object> object = Tree.copyMap(Tree.map(JsonText.read(binding)));
    Tree.map(object.get("metadata")).keySet().removeAll(List.of("resourceVersion", "uid"));
    api.create(path.substring(0, path.lastIndexOf('/')), JsonText.write(object));
    Thread.sleep(1_000);
  }
}
