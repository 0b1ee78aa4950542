/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is mounted into the webhook's pod: a token of its service account in {@code deploy}. */
public final class MountedAccount {

  private MountedAccount() {}

  /**
   * Writes the files and returns a client that reads them.
   *
   * @param folder gets the files
   */
  public static ClusterApi ofWebhook(RealApiServer server, Path folder) throws Exception {
    HttpResponse<String> answer =
        server.ask(
            "POST",
            "/api/v1/namespaces/podtap/serviceaccounts/podtap-webhook/token",
            "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenRequest\"}");
    Files.writeString(
        folder.resolve("token"), Tree.text(JsonText.read(answer.body()), "status", "token"));
    Files.writeString(folder.resolve("namespace"), "podtap");
    Files.copy(server.certificates(), folder.resolve("ca.crt"));
    return ClusterApi.mounted(URI.create("https://127.0.0.1:" + server.port()), folder);
  }
}
