/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.podtap.core.testing.RealApiServer;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Pem;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.injector.webhook.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Map;

/**
 * A webhook of a real API server that puts a container {@code podtap} into pods of dry runs alone:
 * real pods come without one, as when the webhook was away.
 */
final class TrialWebhook implements AutoCloseable {

  static final String IMAGE = "podtap:1";

  private static final String PATCH =
      """
      [{"op": "add", "path": "/spec/initContainers", "value": [{"name": "podtap", "image": "podtap:1",
        "restartPolicy": "Always", "securityContext": {"capabilities": {"add": ["NET_RAW"]}},
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "250m", "memory": "256Mi"}}}]}]
      """;

  private static final String CONFIGURATION =
      """
      {"metadata": {"name": "trials"}, "webhooks": [{"name": "trials.podtap.io", "sideEffects": "None",
        "admissionReviewVersions": ["v1"], "failurePolicy": "Ignore",
        "clientConfig": {"url": "https://localhost:PORT/", "caBundle": "BUNDLE"},
        "namespaceSelector": {"matchLabels": {"podtap.io/inject": "enabled"}},
        "matchConditions": [{"name": "trials", "expression": "request.dryRun"}],
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]}]}
      """;

  private final HttpsServer server;

  private TrialWebhook(HttpsServer server) {
    this.server = server;
  }

  static TrialWebhook start(RealApiServer api, Path folder) throws Exception {
    Certificate authority = TestCertificates.write(folder, Authority.KeyKind.EC, false);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Identity identity =
        Identity.parse(
            Files.readString(folder.resolve("tls.crt")),
            Files.readString(folder.resolve("tls.key")));
    server.setHttpsConfigurator(new HttpsConfigurator(new CurrentIdentity(identity).context()));
    server.createContext("/", TrialWebhook::answer);
    server.start();
    String bundle = Pem.block("CERTIFICATE", authority.getEncoded());
    api.create(
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        CONFIGURATION
            .replace("PORT", Integer.toString(server.getAddress().getPort()))
            .replace("BUNDLE", base64(bundle)));
    return new TrialWebhook(server);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String uid = Tree.text(JsonText.read(exchange.getRequestBody()), "request", "uid");
      String answer =
          JsonText.write(
              Map.of(
                  "apiVersion",
                  "admission.k8s.io/v1",
                  "kind",
                  "AdmissionReview",
                  "response",
                  Map.of(
                      "uid",
                      uid,
                      "allowed",
                      true,
                      "patchType",
                      "JSONPatch",
                      "patch",
                      base64(PATCH))));
      byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (JsonText.MalformedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
