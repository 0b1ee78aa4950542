/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.attach;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.FakeKubelet;
import io.podtap.injector.inject.EphemeralTap;
import io.podtap.injector.testing.Eventually;
import io.podtap.injector.testing.Role;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.injector.webhook.ClusterObjects;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attaching through a real API server. Its kubelet is ours: the tests say that a container runs,
 * and streams end in {@link FakeKubelet}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealAttachIT {

  private static final String NODE = "node-1";
  private static final String BINDINGS =
      "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings";
  @TempDir private static Path folder;
  private RealApiServer server;
  private ClusterApi api;
  private FakeKubelet kubelet;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @BeforeAll
  void start() throws Exception {
    server =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")));
    api = cluster(RealApiServer.ADMINISTRATOR, "admin");
    Path key = server.certificates().resolveSibling("apiserver.key");
    kubelet = FakeKubelet.start(Files.readString(server.certificates()), Files.readString(key));
    server.create("/api/v1/nodes", "{\"metadata\": {\"name\": \"" + NODE + "\"}}");
    server.patch(
        "/api/v1/nodes/" + NODE + "/status",
        "{\"status\": {\"addresses\": [{\"type\": \"InternalIP\", \"address\": \"127.0.0.1\"}],"
            + " \"daemonEndpoints\": {\"kubeletEndpoint\": {\"Port\": "
            + kubelet.port()
            + "}}}}");
    namespace("shop", "");
    namespace("baseline", "\"pod-security.kubernetes.io/enforce\": \"baseline\"");
  }

  @AfterAll
  void stop() throws Exception {
    if (kubelet != null) {
      kubelet.close();
    }
    if (server != null) {
      server.close();
    }
  }

  /** Whom a kubeconfig names. */
  private ClusterApi cluster(String token, String name) throws IOException {
    Path file = folder.resolve(name + ".kubeconfig");
    Files.writeString(
        file,
        String.join(
            "\n",
            "apiVersion: v1",
            "kind: Config",
            "current-context: test",
            "contexts: [{name: test, context: {cluster: here, user: me, namespace: shop}}]",
            "clusters:",
            "- name: here",
            "  cluster:",
            "    server: https://127.0.0.1:" + server.port() + "/",
            "    certificate-authority: " + server.certificates(),
            "users: [{name: me, user: {token: " + token + "}}]",
            ""));
    return ClusterApi.of(Map.of("KUBECONFIG", file.toString()), "");
  }

  private void namespace(String name, String labels) throws Exception {
    server.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"" + name + "\", \"labels\": {" + labels + "}}}");
  }

  /** A pod that runs, as far as the API server knows. */
  private void pod(String namespace, String name, String more) throws Exception {
    String path = ApiPath.inNamespace(namespace, "pods");
    server.create(
        path,
        "{\"metadata\": {\"name\": \""
            + name
            + "\"}, \"spec\": {\"nodeName\": \""
            + NODE
            + "\", \"containers\": [{\"name\": \"app\", \"image\": \"app\"}]"
            + more
            + "}}");
    server.patch(path + '/' + name + "/status", "{\"status\": {\"phase\": \"Running\"}}");
  }

  private Attachment attachment(ClusterApi with, String namespace, String pod, int seconds) {
    return new Attachment(
        with,
        namespace,
        pod,
        Templates.PLAIN,
        "",
        Duration.ofSeconds(seconds),
        new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  /** Does what a kubelet does for the container that comes: says its state. */
  private Thread kubelet(String namespace, String pod, String state) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            report(namespace, pod, state);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private void report(String namespace, String pod, String state) throws Exception {
    String path = ApiPath.inNamespace(namespace, "pods", pod);
    for (int i = 0; i < 100; i++) {
      List<@Nullable Object> containers =
          Tree.list(Tree.at(api.object(path), "spec", "ephemeralContainers"));
      if (!containers.isEmpty()) {
        String name = Tree.text(containers.getLast(), "name");
        server.patch(
            path + "/status",
            "{\"status\": {\"ephemeralContainerStatuses\": [{\"name\": \""
                + name
                + "\", \"image\": \"podtap:1\", \"imageID\": \"\", \"ready\": false,"
                + " \"restartCount\": 0, \"state\": "
                + state
                + "}]}}");
        return;
      }
      Thread.sleep(50);
    }
  }

  private String attach(String namespace, String pod, String state, EphemeralTap.Purpose purpose)
      throws Exception {
    Attachment attachment = attachment(api, namespace, pod, 10);
    Thread thread = kubelet(namespace, pod, state);
    try {
      return attachment.add(attachment.read(), purpose);
    } finally {
      thread.join();
    }
  }

  @Test
  void theServerTakesTheContainer() throws Exception {
    pod("shop", "one", "");
    String name = attach("shop", "one", "{\"running\": {}}", EphemeralTap.Purpose.MIRROR);

    assertThat(name).isEqualTo("podtap");
    Map<String, @Nullable Object> pod = api.object("/api/v1/namespaces/shop/pods/one");
    Object container = Tree.list(Tree.at(pod, "spec", "ephemeralContainers")).getFirst();
    assertThat(JsonText.write(container))
        .contains("\"args\":[\"tap\"]")
        .contains("\"add\":[\"NET_RAW\"]", "\"drop\":[\"ALL\"]")
        .contains("\"readOnlyRootFilesystem\":true")
        .contains("{\"name\":\"SENSOR\",\"value\":\"10.0.0.3\"}");
    assertThatThrownBy(
            () -> attach("shop", "one", "{\"running\": {}}", EphemeralTap.Purpose.MIRROR))
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("no tap for pod/one, ephemeral-tap: ");
  }

  @Test
  void aTapThatEndedLeavesRoomForAnother() throws Exception {
    pod("shop", "again", "");
    assertThatThrownBy(() ->
            attach(
                "shop",
                "again",
                "{\"terminated\": {\"exitCode\": 2, \"reason\": \"Error\"}}",
                EphemeralTap.Purpose.MIRROR))
        .hasMessageContaining("container podtap has ended at once: exit code 2 Error");
    assertThatThrownBy(() ->
            attachment(api, "shop", "again", 1)
                .add(api.object("/api/v1/namespaces/shop/pods/again"), EphemeralTap.Purpose.MIRROR))
        .hasMessageContaining("container podtap-2 does not run after 1 s: ");
  }

  @Test
  void theKubeletsReasonIsTold() throws Exception {
    pod("shop", "image", "");
    Thread thread =
        kubelet(
            "shop",
            "image",
            "{\"waiting\": {\"reason\": \"ImagePullBackOff\", \"message\": \"no such image\"}}");
    Attachment attachment = attachment(api, "shop", "image", 3);
    assertThatThrownBy(() -> attachment.add(attachment.read(), EphemeralTap.Purpose.MIRROR))
        .hasMessageContaining("does not run after 3 s: ImagePullBackOff: no such image");
    thread.join();
  }

  @Test
  void podSecurityTakesIt() throws Exception {
    pod("baseline", "one", "");
    attach("baseline", "one", "{\"running\": {}}", EphemeralTap.Purpose.CAPTURE);
    Map<String, @Nullable Object> pod = api.object("/api/v1/namespaces/baseline/pods/one");
    assertThat(JsonText.write(Tree.at(pod, "spec", "ephemeralContainers")))
        .contains("podtap-capture")
        .doesNotContain("NET_RAW");
  }

  @Test
  void whatCannotBeIsSaid() throws Exception {
    server.create(
        "/api/v1/namespaces/shop/pods",
        "{\"metadata\": {\"name\": \"pending\"}, \"spec\": {\"containers\": [{\"name\": \"app\","
            + " \"image\": \"app\"}]}}");
    assertThatThrownBy(() -> attach("shop", "pending", "{}", EphemeralTap.Purpose.MIRROR))
        .hasMessageContaining("not-running: its phase is Pending");
    assertThatThrownBy(() -> attachment(api, "shop", "absent", 1).read())
        .hasMessage("there is no pod absent in namespace shop");
    pod("shop", "host", ", \"hostNetwork\": true");
    assertThatThrownBy(() -> attach("shop", "host", "{}", EphemeralTap.Purpose.MIRROR))
        .hasMessageContaining("host-network");
  }

  @Test
  void packetsComeThroughTheServerAndStopEndsThemInThePod() throws Exception {
    pod("shop", "stream", "");
    String container = attach("shop", "stream", "{\"running\": {}}", EphemeralTap.Purpose.CAPTURE);
    kubelet.seen().clear();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (Capture capture =
        Capture.start(
            api,
            "/api/v1/namespaces/shop/pods/stream",
            container,
            List.of("--write", "-", "--filter=tcp port 80"),
            true,
            out,
            err)) {
      await(() -> out.size() >= FakeKubelet.OUTPUT.length);
      capture.stop();
      assertThat(capture.await()).isEmpty();
    }
    byte[] bytes = out.toByteArray();
    assertThat(Arrays.copyOf(bytes, FakeKubelet.OUTPUT.length)).isEqualTo(FakeKubelet.OUTPUT);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).endsWith(FakeKubelet.LAST);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(FakeKubelet.SAID);
    await(() -> kubelet.seen().contains("released"));
    assertThat(kubelet.seen().toString())
        .contains("/attach/shop/stream/podtap-capture?input=1")
        .contains("held")
        .contains(
            "/exec/shop/stream/podtap-capture?command=%2Fopt%2Fpodtap%2Fbin%2Fjava"
                + "&command=%40%2Fopt%2Fpodtap%2Ftap&command=tap")
        .contains("tcp+port+80")
        .contains("ended");
  }

  @Test
  void aReaderThatHasGoneEndsTheCapture() throws Exception {
    pod("shop", "gone", "");
    String container = attach("shop", "gone", "{\"running\": {}}", EphemeralTap.Purpose.CAPTURE);
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    try (Capture capture =
        Capture.start(
            api, "/api/v1/namespaces/shop/pods/gone", container, List.of(), false, closed, said)) {
      assertThat(capture.await()).isEqualTo("local output: Broken pipe");
    }
  }

  @Test
  void everyRuleIsNeededAndNamed() throws Exception {
    ClusterObjects.createAll(server, Path.of("../deploy/rbac-users.yaml"), "");
    server.create(
        BINDINGS,
        "{\"metadata\": {\"name\": \"attach\"}, \"roleRef\": {\"apiGroup\":"
            + " \"rbac.authorization.k8s.io\", \"kind\": \"ClusterRole\", \"name\":"
            + " \"podtap-attach\"}, \"subjects\": [{\"kind\": \"ServiceAccount\", \"name\":"
            + " \"default\", \"namespace\": \"shop\"}]}");
    Thread.sleep(500);
    pod("shop", "rules", "");
    ClusterApi person = cluster(RealApiServer.TOKEN, "person");
    Attachment attachment = attachment(person, "shop", "rules", 10);
    Role role = Role.ofCluster(server, "podtap-attach");
    refuses(role, "get", "pods", attachment::read);
    Map<String, @Nullable Object> present = attachment.read();
    refuses(
        role,
        "patch",
        "pods/ephemeralcontainers",
        () -> attachment.add(present, EphemeralTap.Purpose.CAPTURE));
    Thread thread = kubelet("shop", "rules", "{\"running\": {}}");
    String container = attachment.add(present, EphemeralTap.Purpose.CAPTURE);
    thread.join();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("the labels of namespace shop may not be read");
    Eventually.Action capture =
        () ->
            Capture.start(
                    person,
                    "/api/v1/namespaces/shop/pods/rules",
                    container,
                    List.of(),
                    false,
                    OutputStream.nullOutputStream(),
                    said)
                .close();
    refuses(role, "get", "pods/exec", capture); // newer servers ask for "create" too
    capture.run();
  }

  private static void refuses(Role role, String verb, String resource, Eventually.Action action)
      throws Exception {
    role.refuses(verb, resource, " in namespace shop: needs a Role there", action);
  }
}
