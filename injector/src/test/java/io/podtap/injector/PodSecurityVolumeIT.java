/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.testing.Rewriting;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tap's volume of pod annotations in a real API server's namespaces: with a tap in a baseline
 * namespace, and by itself in a restricted one, where a pod gets neither tap nor volume.
 */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class PodSecurityVolumeIT {

  private static final String VOLUME = "podtap-pod";

  /** A pod that every level takes. */
  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "a", "image": "a:1", "securityContext": {
          "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}}
      """;

  @TempDir private static Path folder;

  private static HttpResponse<String> create(RealApiServer api, String namespace, Object pod)
      throws Exception {
    String path = "/api/v1/namespaces/" + namespace + "/pods?dryRun=All";
    return api.ask("POST", path, JsonText.write(pod));
  }

  private static List<@Nullable Object> volumes(@Nullable Object pod) {
    return Tree.list(Tree.at(pod, "spec", "volumes")).stream()
        .filter(volume -> Tree.text(volume, "name").equals(VOLUME))
        .toList();
  }

  private static Map<String, @Nullable Object> injected(String level) throws Exception {
    Rewriting run = Rewritings.inject(POD, "--pod-security", level);
    assertThat(run.said()).startsWith("podtap: pod/a: injected\n");
    return Tree.map(JsonText.read(run.out()));
  }

  @Test
  void isTakenAtEveryLevel() throws Exception {
    try (RealApiServer api =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")))) {
      for (String level : List.of("privileged", "baseline", "restricted")) {
        api.create(
            "/api/v1/namespaces",
            "{\"metadata\": {\"name\": \""
                + level
                + "\", \"labels\": {\"pod-security.kubernetes.io/enforce\": \""
                + level
                + "\"}}}");
      }
      Map<String, @Nullable Object> plain = Tree.map(JsonText.read(POD));
      HttpResponse<String> taken = create(api, "restricted", plain);
      assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);

      for (String level : List.of("privileged", "baseline")) {
        Map<String, @Nullable Object> tapped = injected(level);
        assertThat(volumes(tapped)).as("volume of the tap").hasSize(1);
        HttpResponse<String> answer = create(api, level, tapped);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(volumes(JsonText.read(answer.body())).toString())
            .contains("downwardAPI", "metadata.annotations");
      }

      HttpResponse<String> refused = create(api, "restricted", injected("baseline"));
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("violates PodSecurity").doesNotContain("volume");

      Map<String, @Nullable Object> alone = new LinkedHashMap<>(plain);
      Map<String, @Nullable Object> spec = new LinkedHashMap<>(Tree.map(plain.get("spec")));
      spec.put("volumes", volumes(injected("baseline")));
      alone.put("spec", spec);
      HttpResponse<String> answer = create(api, "restricted", alone);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
    Rewriting left = Rewritings.inject(POD, "--pod-security", "restricted");
    assertThat(left.said()).contains("pod/a: unchanged, restricted-namespace");
    assertThat(left.out()).as("neither tap nor volume").isEqualTo(POD);
  }
}
