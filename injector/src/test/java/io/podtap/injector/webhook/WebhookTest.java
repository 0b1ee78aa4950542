/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real HTTPS client, as the API server is one. */
final class WebhookTest {

  /** As many as an API server keeps open to one host. */
  private static final int CONNECTIONS = 25;

  @TempDir private static Path made;
  private static Certificate first;
  private static Certificate next;

  @TempDir private Path folder;
  private Webhook webhook;
  private Thread thread;
  private Certificate certificate;

  @BeforeAll
  static void makeCertificates() throws Exception {
    first =
        TestCertificates.write(
            Files.createDirectory(made.resolve("first")), Authority.KeyKind.EC, false);
    next =
        TestCertificates.write(
            Files.createDirectory(made.resolve("next")), Authority.KeyKind.RSA, true);
  }

  private void use(String certificates) throws IOException {
    for (String file : List.of("tls.key", "tls.crt")) {
      Files.copy(
          made.resolve(certificates).resolve(file),
          folder.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @BeforeEach
  void start() throws Exception {
    use("first");
    certificate = first;
    webhook =
        Webhook.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            IdentitySource.inFolder(folder),
            Templates.PLAIN,
            Set.of("kube-system"),
            false,
            Optional.empty(),
            new PrintStream(System.err, true, StandardCharsets.UTF_8));
    thread = Thread.ofPlatform().start(this::run);
  }

  private void run() {
    try {
      webhook.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    webhook.close();
    thread.join();
  }

  private HttpClient client(Certificate... trusted) throws Exception {
    return HttpClient.newBuilder().sslContext(TestCertificates.trusting(trusted)).build();
  }

  private HttpRequest request(String path, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + webhook.port() + path));
    return body == null
        ? request.build()
        : request.POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }

  private HttpResponse<String> send(String path, @Nullable String body) throws Exception {
    try (HttpClient client = client(certificate)) {
      return client.send(request(path, body), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String review(String namespace, String pod) {
    return """
    {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
      "uid": "u-1", "operation": "CREATE", "namespace": "%s",
      "resource": {"group": "", "version": "v1", "resource": "pods"}, "object": %s}}
    """
        .formatted(namespace, pod);
  }

  private static String pod(String more) {
    return "{\"metadata\": {\"generateName\": \"a-\"}, \"spec\": {\"containers\": [{\"name\":"
        + " \"a\", \"image\": \"a\"}]"
        + more
        + "}}";
  }

  private Map<String, @Nullable Object> response(String path, String body) throws Exception {
    HttpResponse<String> answer = send(path, body);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    Map<String, @Nullable Object> response =
        Tree.map(Tree.at(JsonText.read(answer.body()), "response"));
    assertThat(response).containsEntry("uid", "u-1").containsEntry("allowed", true);
    return response;
  }

  private static String patch(Map<String, @Nullable Object> response) {
    return new String(
        Base64.getDecoder().decode(Tree.text(response, "patch")), StandardCharsets.UTF_8);
  }

  @Test
  void answersWithThePatchThatPutsTheTapIn() throws Exception {
    Map<String, @Nullable Object> response = response("/inject/enabled", review("shop", pod("")));

    assertThat(response).containsEntry("patchType", "JSONPatch").doesNotContainKey("warnings");
    List<@Nullable Object> patch = Tree.list(JsonText.read(patch(response)));
    assertThat(patch.stream().map(operation -> Tree.text(operation, "path")))
        .containsExactly("/metadata/annotations", "/spec/initContainers", "/spec/volumes");
    assertThat(patch(response)).contains("\"op\":\"add\"").contains("\"restartPolicy\":\"Always\"");
    assertThat(MetricsPort.text(MetricsFormat.TEXT, webhook::metrics))
        .contains("podtap_webhook_reviews_total{decision=\"injected\"} 1");
  }

  @Test
  void putsTheTapBeforeOtherInitContainers() throws Exception {
    String more = ", \"initContainers\": [{\"name\": \"i\", \"image\": \"i\"}]";
    Map<String, @Nullable Object> response = response("/inject/enabled", review("shop", pod(more)));
    assertThat(patch(response)).contains("{\"op\":\"add\",\"path\":\"/spec/initContainers/0\"");
  }

  @Test
  void saysWhyNotAsAWarning() throws Exception {
    Map<String, @Nullable Object> response =
        response("/inject/enabled", review("shop", pod(", \"hostNetwork\": true")));

    assertThat(response).doesNotContainKey("patch");
    assertThat(Tree.list(response.get("warnings")).toString()).contains("no tap, host-network: ");
    assertThat(MetricsPort.text(MetricsFormat.TEXT, webhook::metrics))
        .contains("{decision=\"host-network\"} 1");
  }

  @Test
  void knowsTheNamespaceByThePath() throws Exception {
    String pod = review("shop", pod(""));
    assertThat(response("/inject", pod)).doesNotContainKey("patch").doesNotContainKey("warnings");
    assertThat(response("/inject/enabled/restricted", pod)).doesNotContainKey("patch");
    assertThat(patch(response("/inject/enabled/baseline", pod))).doesNotContain("\"NET_RAW\"");
    assertThat(send("/inject/whatever", pod).statusCode()).isEqualTo(404);
  }

  @Test
  void leavesSystemNamespacesAlone() throws Exception {
    assertThat(response("/inject/enabled", review("kube-system", pod(""))))
        .doesNotContainKey("patch");
  }

  @Test
  void refusesWhatIsNoReview() throws Exception {
    assertThat(send("/inject", "{").statusCode()).isEqualTo(400);
    assertThat(send("/inject", "[".repeat(100_000)).statusCode()).isEqualTo(400);
    assertThat(send("/inject", "{\"apiVersion\": \"v1\"}").statusCode()).isEqualTo(400);
    assertThat(send("/inject", null).statusCode()).isEqualTo(404);
    assertThat(MetricsPort.text(MetricsFormat.TEXT, webhook::metrics))
        .contains("{decision=\"malformed\"} 3");
  }

  @Test
  void isReady() throws Exception {
    assertThat(send("/ready", null).body()).isEqualTo("ok\n");
    assertThat(webhook.problem()).isEmpty();
    assertThat(MetricsPort.text(MetricsFormat.TEXT, webhook::metrics))
        .contains("podtap_webhook_certificate_expiry_seconds 25");
  }

  @Test
  void takesANewCertificateOverWhileConnectionsGoOn() throws Exception {
    try (HttpClient standing = client(certificate)) {
      HttpRequest ready = request("/ready", null);
      standing.send(ready, HttpResponse.BodyHandlers.ofString());
      use("next");
      assertThat(awaitTrusted(next)).isTrue();
      assertThat(standing.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void keepsItsCertificateWhenTheFilesAreBroken() throws Exception {
    Files.writeString(folder.resolve("tls.crt"), "nothing");
    Thread.sleep(2_500);
    assertThat(send("/ready", null).statusCode()).isEqualTo(200);
  }

  private boolean awaitTrusted(Certificate next) throws Exception {
    for (int i = 0; i < 100; i++) {
      try (HttpClient client = client(next)) {
        client.send(request("/ready", null), HttpResponse.BodyHandlers.ofString());
        return true;
      } catch (javax.net.ssl.SSLException e) {
        Thread.sleep(100);
      }
    }
    return false;
  }

  @Test
  void answersManyAtATime() throws Exception {
    String body = review("shop", pod(""));
    try (HttpClient client = client(certificate);
        var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      Callable<Integer> one =
          () ->
              client
                  .send(request("/inject/enabled", body), HttpResponse.BodyHandlers.ofString())
                  .statusCode();
      for (Future<Integer> status : threads.invokeAll(java.util.Collections.nCopies(400, one))) {
        assertThat(status.get()).isEqualTo(200);
      }
    }
    assertThat(MetricsPort.text(MetricsFormat.TEXT, webhook::metrics))
        .contains("{decision=\"injected\"} 400");
  }

  @Test
  void refusesAFolderWithoutACertificate() {
    assertThatThrownBy(() -> CertificateFiles.open(folder.resolve("none")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("none");
  }
}
