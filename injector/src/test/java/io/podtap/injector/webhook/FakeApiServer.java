/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One Secret with versions and one MutatingWebhookConfiguration, over TLS. */
final class FakeApiServer implements AutoCloseable {

  private static final String SECRETS = "/api/v1/namespaces/podtap/secrets";

  private final HttpsServer server;
  private final Path folder;
  private @Nullable Map<String, @Nullable Object> secret;
  private String bundle = "";
  private String forbidden = "nothing";
  private final List<String> events = new ArrayList<>();
  private boolean conflicts;
  private int written;
  private int patches;

  private FakeApiServer(HttpsServer server, Path folder) {
    this.server = server;
    this.folder = folder;
  }

  /**
   * @param identity folder of the server's certificate and key
   * @param folder what is mounted into a pod
   */
  static FakeApiServer start(Path identity, Path folder) throws Exception {
    Files.copy(identity.resolve("tls.crt"), folder.resolve("ca.crt"));
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    CurrentIdentity shown =
        new CurrentIdentity(
            Identity.parse(
                Files.readString(folder.resolve("ca.crt")),
                Files.readString(identity.resolve("tls.key"))));
    server.setHttpsConfigurator(new HttpsConfigurator(shown.context()));
    FakeApiServer fake = new FakeApiServer(server, folder);
    server.createContext("/", fake::answer);
    server.start();
    return fake;
  }

  ClusterApi api() {
    return ClusterApi.mounted(
        URI.create("https://127.0.0.1:" + server.getAddress().getPort()), folder);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Object body = read(exchange);
      if (path.contains(forbidden)) {
        send(exchange, 403, Map.of("message", forbidden + " is forbidden"));
      } else if (path.endsWith("/events")) {
        events.add(path + ' ' + JsonText.write(body));
        send(exchange, 201, Map.of());
      } else if (path.startsWith(SECRETS)) {
        answerSecret(exchange, Tree.map(body));
      } else {
        answerConfiguration(exchange, body);
      }
    }
  }

  private static @Nullable Object read(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readAllBytes();
    try {
      return bytes.length == 0 ? null : JsonText.read(new String(bytes, StandardCharsets.UTF_8));
    } catch (JsonText.MalformedException e) {
      throw new IOException(e);
    }
  }

  private void answerSecret(HttpExchange exchange, Map<String, @Nullable Object> body)
      throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      send(exchange, secret == null ? 404 : 200, secret == null ? Map.of() : secret);
      return;
    }
    boolean isStale =
        secret != null
            && !Tree.text(body, "metadata", "resourceVersion").equals(Integer.toString(written));
    if (isStale || conflicts) {
      conflicts = false;
      send(exchange, 409, Map.of("message", "conflict"));
      return;
    }
    written++;
    secret = new LinkedHashMap<>(body);
    secret.put("metadata", Map.of("resourceVersion", Integer.toString(written)));
    send(exchange, 200, secret);
  }

  private void answerConfiguration(HttpExchange exchange, @Nullable Object body)
      throws IOException {
    if (exchange.getRequestMethod().equals("PATCH")) {
      patches++;
      for (Object operation : Tree.list(body)) {
        if (Tree.text(operation, "path").equals("/webhooks/0/clientConfig/caBundle")) {
          bundle = Tree.text(operation, "value");
        }
      }
    }
    Map<String, @Nullable Object> client = Map.of("caBundle", bundle);
    send(
        exchange,
        200,
        Map.of(
            "webhooks", java.util.List.of(Map.of("name", "a.podtap.io", "clientConfig", client))));
  }

  private static void send(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = JsonText.write(body).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  synchronized void forbid(String what) {
    forbidden = what;
  }

  synchronized void conflictOnce() {
    conflicts = true;
  }

  synchronized int secretsWritten() {
    return written;
  }

  /** Returns path and body of each event. */
  synchronized List<String> events() {
    return List.copyOf(events);
  }

  synchronized int patches() {
    return patches;
  }

  synchronized String bundle() {
    return new String(Base64.getDecoder().decode(bundle), StandardCharsets.US_ASCII);
  }

  synchronized String secret(String key) {
    return new String(
        Base64.getDecoder().decode(Tree.text(secret, "data", key)), StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
