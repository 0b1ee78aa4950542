/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.MountedAccount;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.testing.Eventually;
import io.podtap.injector.tree.JsonText;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code deploy/dry-run.yaml} in a real API server: the webhook's account may try pods anywhere and
 * makes none, by no way; nobody else is kept from anything.
 */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class DryRunPolicyIT {

  private static final String JSON = "application/json";
  private static final String APPLY = "application/apply-patch+yaml";

  @TempDir private static Path folder;

  private static Map<String, @Nullable Object> pod(String namespace) {
    return Map.of(
        "apiVersion",
        "v1",
        "kind",
        "Pod",
        "metadata",
        Map.of("generateName", "a-", "namespace", namespace),
        "spec",
        Map.of("containers", List.of(Map.of("name", "a", "image", "a:1"))));
  }

  @Test
  void theWebhookMayTryPodsAndMakesNone() throws Exception {
    try (RealApiServer server =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")))) {
      for (String namespace : List.of("podtap", "shop")) {
        server.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"" + namespace + "\"}}");
      }
      server.create(
          "/api/v1/namespaces/podtap/serviceaccounts",
          "{\"metadata\": {\"name\": \"podtap-webhook\"}}");
      ClusterObjects.createAll(server, Path.of("../deploy/dry-run.yaml"), "");
      ClusterApi webhook = webhook(server);
      Eventually.await(() -> create(webhook, "shop", "").status() == 422);

      for (String namespace : List.of("shop", "podtap", "default", "kube-system")) {
        assertThat(create(webhook, namespace, "?dryRun=All").isGood()).as(namespace).isTrue();
        ClusterApi.Answer refused = create(webhook, namespace, "");
        assertThat(refused.status()).as(namespace).isEqualTo(422);
        assertThat(refused.message()).contains("may create pods by dry run only");
        String path = "/api/v1/namespaces/" + namespace + "/pods";
        ClusterApi.Answer applied =
            webhook.send("PATCH", path + "/b?force=true", APPLY, pod(namespace));
        assertThat(applied.isGood()).as("server-side apply").isFalse();
        assertThat(webhook.send("DELETE", path, "", null).isGood()).isFalse();
      }
      HttpResponse<String> somebodyElse =
          server.ask("POST", "/api/v1/namespaces/shop/pods", JsonText.write(pod("shop")));
      assertThat(somebodyElse.statusCode()).as(somebodyElse.body()).isEqualTo(201);
    }
  }

  private static ClusterApi.Answer create(ClusterApi api, String namespace, String query)
      throws Exception {
    String path = "/api/v1/namespaces/" + namespace + "/pods" + query;
    return api.send("POST", path, JSON, pod(namespace));
  }

  private static ClusterApi webhook(RealApiServer server) throws Exception {
    return MountedAccount.ofWebhook(server, Files.createDirectory(folder.resolve("account")));
  }
}
