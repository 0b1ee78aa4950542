/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.ClusterApi;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code podtap check} and {@code podtap attach} as people call them, with a kubeconfig. */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealCommandsIT {

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private Streams streams() {
    return new Streams(
        InputStream.nullInputStream(),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  private int check(ClusterApi api, String... arguments) {
    CheckCommand command = new CheckCommand();
    new CommandLine(command).parseArgs(arguments);
    out.reset();
    log.reset();
    return command.run(api, streams());
  }

  private int attach(ClusterApi api, String... arguments) throws InterruptedException {
    AttachCommand command = new AttachCommand();
    new CommandLine(command).parseArgs(arguments);
    log.reset();
    return command.run(api, streams().log());
  }

  private ClusterApi api(RealApiServer server) throws Exception {
    Path file = folder.resolve("config");
    Files.writeString(
        file,
        """
        current-context: test
        contexts: [{name: test, context: {cluster: here, user: me, namespace: shop}}]
        clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", certificate-authority: %s}}]
        users: [{name: me, user: {token: %s}}]
        """
            .formatted(server.port(), server.certificates(), RealApiServer.ADMINISTRATOR));
    return ClusterApi.of(Map.of("KUBECONFIG", file.toString()), "");
  }

  @Test
  void theyFindAndSayWhatIsMissing() throws Exception {
    Path place = Files.createDirectory(folder.resolve("server"));
    try (RealApiServer server =
        new RealApiServer(Path.of(System.getenv("KUBEBUILDER_ASSETS")), place)) {
      server.create(
          "/api/v1/namespaces",
          "{\"metadata\": {\"name\": \"shop\", \"labels\": {\"podtap.io/inject\": \"enabled\"}}}");
      server.create(
          "/api/v1/namespaces/shop/pods",
          "{\"metadata\": {\"name\": \"web\"}, \"spec\": {\"containers\": [{\"name\": \"app\","
              + " \"image\": \"app\"}]}}");
      ClusterApi api = api(server);

      assertThat(check(api)).isEqualTo(1);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .matches(
              "(?s)NAMESPACE +POD +TAP +REASON\\s+shop +web +missing +no-webhook +the cluster.*");
      checkSaysWhetherTapsWork(server, api);
      assertThat(check(api, "-A", "-o", "json")).isEqualTo(1);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .startsWith("[{\"namespace\":\"shop\",\"pod\":\"web\",\"tap\":\"missing\"");
      assertThat(check(api, "-n", "default")).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("no tap is missing\n");

      assertThat(attach(api, "pod/web")).isEqualTo(1);
      assertThat(log.toString(StandardCharsets.UTF_8))
          .isEqualTo("podtap: no tap for pod/web, not-running: its phase is Pending\n");
      server.patch(
          "/api/v1/namespaces/shop/pods/web/status", "{\"status\": {\"phase\": \"Running\"}}");
      assertThat(attach(api, "web", "--timeout", "1", "-w", folder.resolve("a.pcapng").toString()))
          .isEqualTo(1);
      assertThat(log.toString(StandardCharsets.UTF_8))
          .contains("container podtap-capture does not run after 1 s: the node's kubelet has not");
    }
    assertThat(check(apiAfterItsEnd())).isEqualTo(2);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private void checkSaysWhetherTapsWork(RealApiServer server, ClusterApi api) throws Exception {
    String shop = "/api/v1/namespaces/shop";
    for (String name : new String[] {"pulls", "crashes", "outdated", "works"}) {
      tapped(server, name);
    }
    status(
        server,
        "pulls",
        "{\"waiting\": {\"reason\": \"ImagePullBackOff\", \"message\": \"no\"}}",
        "{}");
    status(
        server,
        "crashes",
        "{\"waiting\": {\"reason\": \"CrashLoopBackOff\"}}",
        "{\"terminated\": {\"exitCode\": 137, \"reason\": \"OOMKilled\"}}");
    status(server, "outdated", "{\"running\": {}}", "{}");
    status(server, "works", "{\"running\": {}}", "{}");
    owners(server);

    assertThat(check(api, "--sensors", "0", "--image", "podtap:2")).isEqualTo(1);
    assertThat(said())
        .containsPattern("shop +pulls +broken +image-not-pulled +podtap:1: ImagePullBackOff: no")
        .containsPattern("shop +crashes +broken +out-of-memory ")
        .containsPattern("shop +outdated +outdated +outdated-image ")
        .containsPattern("shop +Deployment/gone +refused +pods-refused +it has 0 of 1 pods")
        .containsPattern("shop +StatefulSet/set +refused +pods-refused .*exceeded quota");
    assertThat(check(api, "--sensors", "0")).isEqualTo(1);
    assertThat(said()).doesNotContain("outdated");
    assertThat(check(api, "-l", "app=pulls", "-o", "json")).isEqualTo(1);
    assertThat(said()).contains("\"pod\":\"pulls\"").doesNotContain("crashes");
    assertThat(said().strip()).startsWith("[{").endsWith("}]");

    assertThat(check(api, "-l", "app=works")).as("a tap that nobody can ask is no fault").isZero();
    assertThat(said())
        .containsPattern("shop +Namespace/shop +unknown +sensor-unknown ")
        .endsWith("no tap is missing\n");
    assertThat(check(api, "-n", "nowhere,shop", "-o", "json")).isEqualTo(2);
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("podtap: namespace nowhere does not exist\n");
    assertThat(said()).contains("\"pod\":\"web\"");
    for (String name : new String[] {"pulls", "crashes", "outdated", "works"}) {
      server.delete(shop + "/pods/" + name);
    }
    for (String owner : new String[] {"deployments/gone", "statefulsets/set"}) {
      server.delete("/apis/apps/v1/namespaces/shop/" + owner);
    }
  }

  private static void tapped(RealApiServer server, String name) throws Exception {
    server.create(
        "/api/v1/namespaces/shop/pods",
        """
        {"metadata": {"name": "NAME", "labels": {"app": "NAME"}, "annotations": {"podtap.io/injected": "{}"}},
         "spec": {"initContainers": [{"name": "podtap", "image": "IMAGE", "restartPolicy": "Always"}],
           "containers": [{"name": "app", "image": "app"}]}}
        """
            .replace("NAME", name)
            .replace("IMAGE", name.equals("works") ? "podtap:2" : "podtap:1"));
  }

  private static void status(RealApiServer server, String name, String state, String last)
      throws Exception {
    server.patch(
        "/api/v1/namespaces/shop/pods/" + name + "/status",
        "{\"status\": {\"phase\": \"Running\", \"initContainerStatuses\": [{\"name\": \"podtap\","
            + " \"image\": \"podtap:1\", \"imageID\": \"\", \"ready\": false, \"restartCount\": 1,"
            + " \"state\": "
            + state
            + ", \"lastState\": "
            + last
            + "}]}}");
  }

  /** A Deployment and a StatefulSet whose pods are refused, as their controllers say it. */
  private static void owners(RealApiServer server) throws Exception {
    String apps = "/apis/apps/v1/namespaces/shop";
    String owner =
        """
        {"metadata": {"name": "NAME"}, "spec": {"serviceName": "a", "selector": {"matchLabels": {"app": "NAME"}},
          "template": {"metadata": {"labels": {"app": "NAME"}}, "spec": {"containers": [{"name": "app", "image": "a"}]}}}}
        """;
    server.create(
        apps + "/deployments",
        owner.replace("NAME", "gone").replace("\"serviceName\": \"a\",", ""));
    server.patch(
        apps + "/deployments/gone/status",
        """
        {"status": {"observedGeneration": 1, "conditions": [{"type": "ReplicaFailure", "status": "True",
          "reason": "FailedCreate", "message": "pods is forbidden: maximum memory usage per Container is 100Mi"}]}}
        """);
    server.create(apps + "/statefulsets", owner.replace("NAME", "set"));
    server.create(
        "/api/v1/namespaces/shop/events",
        """
        {"metadata": {"name": "a", "namespace": "shop"}, "reason": "FailedCreate", "type": "Warning",
         "message": "create Pod set-0 in StatefulSet set failed error: pods is forbidden: exceeded quota",
         "involvedObject": {"kind": "StatefulSet", "namespace": "shop", "name": "set"}}
        """);
  }

  private ClusterApi apiAfterItsEnd() {
    return ClusterApi.of(Map.of("KUBECONFIG", folder.resolve("config").toString()), "");
  }
}
