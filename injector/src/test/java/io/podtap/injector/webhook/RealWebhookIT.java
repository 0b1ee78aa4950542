/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.MountedAccount;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.testing.Role;
import io.podtap.injector.testing.Templates;
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
import java.util.Optional;
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

  @TempDir private static Path folder;
  private RealApiServer api;
  private Webhook webhook;
  private DecisionEvents events;
  private Thread thread;

  @BeforeAll
  void start() throws Exception {
    api =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")));
    int port = RealApiServer.freePort();
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
    MountedAccount.ofWebhook(api, folder);
    events = DecisionEvents.start(cluster(), System.err);
    webhook =
        Webhook.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            SharedCertificate.open(cluster(), CERTIFICATE, Clock.systemUTC()),
            Templates.PLAIN,
            Set.of("kube-system", "podtap"),
            false,
            Optional.of(events),
            new PrintStream(System.err, true, StandardCharsets.UTF_8));
    thread = Thread.ofPlatform().start(this::run);
    awaitCalled();
  }

  private void namespace(String name, String labels) throws Exception {
    api.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"" + name + "\", \"labels\": {" + labels + "}}}");
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
      events.close();
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
  void theControllerHearsOfItOnce() throws Exception {
    String collection = "/api/v1/namespaces/asks/events";
    String owned = owned("first");
    create("asks", owned, ", \"hostNetwork\": true", "&dryRun=All");
    create("asks", owned, ", \"hostNetwork\": true", "");
    create("asks", owned, ", \"hostNetwork\": true", "");
    create("asks", owned, "", "");
    await(() -> api.ask("GET", collection, "").body().contains("TapInjected"));
    List<String> said =
        Tree.list(Tree.at(JsonText.read(api.ask("GET", collection, "").body()), "items")).stream()
            .filter(event -> Tree.text(event, "involvedObject", "name").equals("first"))
            .map(event -> Tree.text(event, "type") + ' ' + Tree.text(event, "message"))
            .toList();
    assertThat(said)
        .hasSize(2)
        .anyMatch(text -> text.startsWith("Warning no tap, host-network: "))
        .contains("Normal a tap was injected into its pods");
    Role.ofCluster(api, "podtap-webhook-events")
        .without(
            "create",
            "events",
            () -> {
              create("asks", owned("second"), "", "");
              await(() ->
                  MetricsPort.text(MetricsFormat.TEXT, events::metrics)
                      .contains("{result=\"failed\"} 1"));
            });
  }

  private static String owned(String name) {
    return "{\"generateName\": \"a-\", \"ownerReferences\": [{\"controller\": true, \"apiVersion\":"
        + " \"apps/v1\", \"kind\": \"ReplicaSet\", \"name\": \""
        + name
        + "\", \"uid\": \""
        + name
        + "\"}]}";
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
    assertThat(open().problem()).isEmpty();
    String secrets = "/api/v1/namespaces/podtap/secrets";
    String secret = secrets + "/podtap-webhook-certificate";
    String denied = "writing secret podtap-webhook-certificate: 403";
    String kept = api.ask("GET", secret, "").body();
    Role here = Role.ofPodtap(api, "podtap-webhook");
    here.without("get", "secrets", () -> failsToOpen("GET secret podtap-webhook-certificate: 403"));
    here.without(
        "update",
        "secrets",
        () -> {
          api.patch(secret, "{\"data\": {\"tls.crt\": \"\"}}");
          failsToOpen(denied);
        });
    here.without(
        "create",
        "secrets",
        () -> {
          api.delete(secret);
          failsToOpen(denied);
        });
    Role everywhere = Role.ofCluster(api, "podtap-webhook");
    everywhere.without(
        "patch",
        "mutatingwebhookconfigurations",
        () ->
            assertThat(open().problem())
                .contains("PATCH mutatingwebhookconfiguration podtap-webhook: 403"));
    everywhere.without(
        "get",
        "mutatingwebhookconfigurations",
        () ->
            assertThat(open().problem())
                .contains("GET mutatingwebhookconfiguration podtap-webhook: 403"));
    api.delete(secret);
    api.create(secrets, kept.replaceAll("\"(resourceVersion|uid)\": ?\"[^\"]*\",", ""));
    assertThat(open().problem()).isEmpty();
    assertThat(cluster().get("/api/v1/namespaces/podtap/secrets").status()).isEqualTo(403);
    assertThat(cluster().get("/api/v1/namespaces").status()).isEqualTo(403);
  }

  private SharedCertificate open() {
    return SharedCertificate.open(cluster(), CERTIFICATE, Clock.systemUTC());
  }

  private void failsToOpen(String words) {
    assertThatThrownBy(this::open)
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(words);
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
      // More on a loaded machine, but not the 10 seconds that an API server waits unless told
      // otherwise.
      assertThat(milliseconds).isBetween(1_900L, 9_900L);
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
}
