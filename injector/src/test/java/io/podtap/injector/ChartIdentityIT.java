/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a sensor may ask the API, by the chart's {@code sensor.identity}; rendered by helm. */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with helm")
final class ChartIdentityIT {

  private static final long SECONDS_MAX = 60;
  private static final String NAME = "podtap-sensor";

  @TempDir private Path folder;
  private Path helm = Path.of("");

  /**
   * What helm has written.
   *
   * @param documents empty when it has failed
   */
  private record Rendered(int exitCode, List<Object> documents, String said) {

    List<Object> of(String kind) {
      return documents.stream()
          .filter(one -> Tree.text(one, "kind").equals(kind))
          .filter(one -> Tree.text(one, "metadata", "name").equals(NAME))
          .toList();
    }

    List<String> arguments() {
      List<String> words = new ArrayList<>();
      Object pod = Tree.at(of("Deployment").getFirst(), "spec", "template");
      for (Object container : Tree.list(Tree.at(pod, "spec", "containers"))) {
        Tree.list(Tree.at(container, "args")).forEach(word -> words.add(String.valueOf(word)));
      }
      return words;
    }
  }

  @BeforeEach
  void find() {
    helm = Path.of(System.getenv("KUBEBUILDER_ASSETS")).resolve("helm");
    Assumptions.assumeTrue(Files.isExecutable(helm), "no helm: tests/kubernetes/assets helm");
  }

  private Rendered render(String... values) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                helm.toString(),
                "template",
                "podtap",
                Path.of("..").resolve("deploy/chart").toString(),
                "--namespace",
                "podtap",
                "--kube-version",
                "1.34.0"));
    for (String value : values) {
      command.addAll(List.of("--set", value));
    }
    Path out = folder.resolve("out");
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    List<Object> documents = new ArrayList<>();
    if (process.exitValue() == 0) {
      new Load(LoadSettings.builder().build())
          .loadAllFromString(Files.readString(out))
          .forEach(documents::add);
    }
    String said = Files.readString(errors, StandardCharsets.UTF_8);
    return new Rendered(process.exitValue(), documents, said);
  }

  private static List<String> words(@Nullable Object list) {
    return Tree.list(list).stream().map(String::valueOf).toList();
  }

  private static void assertReads(Object role, String... resources) {
    List<Object> rules = Tree.list(Tree.at(role, "rules"));
    assertThat(rules).hasSize(1);
    assertThat(words(Tree.at(rules.getFirst(), "apiGroups"))).containsExactly("");
    assertThat(words(Tree.at(rules.getFirst(), "resources"))).containsExactlyInAnyOrder(resources);
    assertThat(words(Tree.at(rules.getFirst(), "verbs")))
        .containsExactlyInAnyOrder("list", "watch");
  }

  @Test
  void theApiIsReadInTheWholeCluster() throws Exception {
    Rendered all = render();
    assertThat(all.arguments()).containsSequence("--identity", "api");
    assertThat(all.of("ClusterRole")).hasSize(1);
    assertReads(all.of("ClusterRole").getFirst(), "pods", "services", "nodes");
    assertThat(all.of("ClusterRoleBinding")).hasSize(1);
    assertThat(all.of("ServiceAccount")).hasSize(1);
    assertThat(all.of("Role")).isEmpty();
    Object pod = Tree.at(all.of("Deployment").getFirst(), "spec", "template", "spec");
    assertThat(Tree.text(pod, "serviceAccountName")).isEqualTo(NAME);
  }

  @Test
  void aListOfNamespacesIsReadByRolesOfTheirs() throws Exception {
    Rendered some = render("sensor.identityNamespaces={shop,pay}");
    assertThat(some.arguments()).containsSequence("--identity-namespaces", "shop,pay");
    assertReads(some.of("ClusterRole").getFirst(), "nodes");
    assertThat(some.of("Role"))
        .map(role -> Tree.text(role, "metadata", "namespace"))
        .containsExactlyInAnyOrder("shop", "pay");
    some.of("Role").forEach(role -> assertReads(role, "pods", "services"));
    assertThat(some.of("RoleBinding"))
        .map(binding -> Tree.text(binding, "metadata", "namespace"))
        .containsExactlyInAnyOrder("shop", "pay");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reports", "none"})
  void nobodyElseHasRights(String identity) throws Exception {
    Rendered rendered = render("sensor.identity=" + identity);
    assertThat(rendered.arguments()).containsSequence("--identity", identity);
    for (String kind :
        List.of("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ServiceAccount")) {
      assertThat(rendered.of(kind)).as(kind).isEmpty();
    }
  }

  @Test
  void anotherIdentityIsRefused() throws Exception {
    Rendered rendered = render("sensor.identity=dns");
    assertThat(rendered.exitCode()).isNotZero();
    assertThat(rendered.said()).contains("/sensor/identity");
  }

  @Test
  void edgesAreCountedWhereThatIsAskedForAndNamesAreKnown() throws Exception {
    assertThat(render().arguments()).doesNotContain("--edge-metrics");
    assertThat(
            render("sensor.edgeMetrics.enabled=true", "sensor.edgeMetrics.bytes=200000")
                .arguments())
        .containsSequence("--edge-metrics", "--edge-metrics-bytes", "200000");
    assertThat(render("sensor.edgeMetrics.enabled=true", "sensor.identity=none").said())
        .contains("sensor.edgeMetrics.enabled needs names of workloads");
  }
}
