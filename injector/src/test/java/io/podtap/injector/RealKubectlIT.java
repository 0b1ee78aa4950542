/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.attach.PodTarget;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.ClusterChoice;
import io.podtap.injector.testing.Rewriting;
import io.podtap.injector.testing.Spelling;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** What kubectl does with the same kubeconfig, and with what {@code podtap inject} writes. */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealKubectlIT {

  private static final String DEPLOYMENT =
      "{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': 'c'}, 'spec':"
          + " {'selector': {'matchLabels': {'app': 'c'}}, 'template': {'metadata': {'labels':"
          + " {'app': 'c'}, 'annotations': null}, 'spec': {'initContainers': null, 'containers':"
          + " [{'name': 'web', 'image': 'nginx:1.29', 'args': ['a b', 'c: d', 'e #f']}]}}}}";

  private static final Path PROGRAMS =
      Path.of(System.getenv().getOrDefault("KUBEBUILDER_ASSETS", ""));

  @TempDir private Path folder;
  private RealApiServer server;

  @BeforeEach
  void start() throws Exception {
    server = new RealApiServer(PROGRAMS, Files.createDirectory(folder.resolve("server")));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private Path kubeconfig(String more) throws IOException {
    return Files.writeString(
        folder.resolve("config"),
        """
        current-context: test
        contexts: [{name: test, context: {cluster: here, user: me}}]
        clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", certificate-authority: %s}}]
        users: [{name: me, user: {token: %s%s}}]
        """
            .formatted(server.port(), server.certificates(), RealApiServer.ADMINISTRATOR, more));
  }

  private String kubectl(Path kubeconfig, byte[] input, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(PROGRAMS.resolve("kubectl").toString(), "--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(arguments));
    Path in = Files.write(folder.resolve("in"), input);
    Process process =
        new ProcessBuilder(command).redirectInput(in.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return "exit code " + process.exitValue() + ": " + said;
  }

  private static ClusterApi api(Path kubeconfig) {
    return new ClusterChoice(kubeconfig.toString(), "", "", "", "", List.of(), "").api(Map.of());
  }

  @Test
  void weAreWhoKubectlIs() throws Exception {
    Path jane = kubeconfig(", as: jane");
    assertThat(kubectl(jane, new byte[0], "get", "namespaces"))
        .startsWith("exit code 1: ")
        .contains("User \"jane\" cannot list");
    assertThat(api(jane).get("/api/v1/namespaces").message()).contains("User \"jane\" cannot list");

    Path master = kubeconfig(", as: jane, as-groups: ['system:masters']");
    assertThat(kubectl(master, new byte[0], "get", "namespaces")).startsWith("exit code 0: ");
    assertThat(api(master).get("/api/v1/namespaces").isGood()).isTrue();
  }

  @Test
  void aDeploymentsPodIsFound() throws Exception {
    server.create("/apis/apps/v1/namespaces/default/deployments", DEPLOYMENT.replace('\'', '"'));
    for (String name : List.of("c-2", "c-1", "other")) {
      server.create(
          "/api/v1/namespaces/default/pods",
          "{\"metadata\": {\"name\": \"%s\", \"labels\": {\"app\": \"%s\"}}, \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"b\"}]}}"
              .formatted(name, name.substring(0, 1)));
    }
    ClusterApi api = api(kubeconfig(""));
    assertThatThrownBy(() -> PodTarget.pod(api, "default", "deploy/c"))
        .hasMessage("deployment/c has no pod that runs");
    for (String name : List.of("c-1", "c-2", "other")) {
      server.patch(
          "/api/v1/namespaces/default/pods/" + name + "/status",
          "{\"status\": {\"phase\": \"Running\"}}");
    }
    assertThat(PodTarget.pod(api, "default", "deploy/c")).isEqualTo("c-1");
    assertThat(PodTarget.pod(api, "default", "deployments.apps/c")).isEqualTo("c-1");
    assertThat(PodTarget.pod(api, "default", "po/other")).isEqualTo("other");
    assertThatThrownBy(() -> PodTarget.pod(api, "default", "sts/c"))
        .hasMessage("there is no statefulset/c in namespace default");
  }

  @Test
  void kubectlTakesWhatIsWritten() throws Exception {
    Path kubeconfig = kubeconfig("");
    List<String> refused = new ArrayList<>();
    for (Spelling spelling : Spelling.all()) {
      boolean isTried =
          spelling.lineEnd().equals("\n")
              && spelling.nullWord().equalsIgnoreCase("null")
              && switch (spelling.frame()) {
                case NONE, UTF_16 -> true;
                default -> false;
              };
      if (!isTried) {
        continue;
      }
      byte[] text = spelling.write(Tree.map(JsonText.read(DEPLOYMENT.replace('\'', '"'))));
      Rewriting injected = Rewritings.run("inject", text, "-");
      String before = kubectl(kubeconfig, text, "create", "--dry-run=server", "-f", "-");
      String after = kubectl(kubeconfig, injected.bytes(), "create", "--dry-run=server", "-f", "-");
      if (before.startsWith("exit code 0: ") && !after.startsWith("exit code 0: ")) {
        refused.add(spelling + ": " + after);
      }
    }
    assertThat(refused).isEmpty();
  }
}
