/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.webhook.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An API server's answers for a cluster of many pods, of 12 to 20 kB each as real ones are, none of
 * which has its tap; in pages, which end with 410 now and then. It holds one pod's text.
 */
public final class LargeCluster implements AutoCloseable {

  private static final int NAMESPACES = 50;
  private static final int PODS_OF_AN_OWNER = 4;

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final int pods;
  private final String pod = pod();
  private final AtomicInteger expirations = new AtomicInteger();

  private LargeCluster(HttpsServer server, int pods) {
    this.server = server;
    this.pods = pods;
  }

  /**
   * Listens.
   *
   * @param folder gets what is mounted into a pod, and {@code kubeconfig}
   */
  public static LargeCluster start(Path folder, int pods) throws Exception {
    TestCertificates.write(folder, Authority.KeyKind.EC, false);
    Identity identity =
        Identity.parse(
            Files.readString(folder.resolve("tls.crt")),
            Files.readString(folder.resolve("tls.key")));
    Files.copy(folder.resolve("tls.crt"), folder.resolve("ca.crt"));
    Files.writeString(folder.resolve("token"), "token");
    Files.writeString(folder.resolve("namespace"), "podtap");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(new CurrentIdentity(identity).context()));
    LargeCluster cluster = new LargeCluster(server, pods);
    server.setExecutor(cluster.threads);
    server.createContext("/", cluster::answer);
    server.start();
    Files.writeString(
        folder.resolve("kubeconfig"),
        """
        current-context: test
        contexts: [{name: test, context: {cluster: here, user: me, namespace: shop}}]
        clusters: [{name: here, cluster: {server: "%s", certificate-authority: %s}}]
        users: [{name: me, user: {token: token}}]
        """
            .formatted(cluster.address(), folder.resolve("ca.crt")));
    return cluster;
  }

  public String address() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String query = String.valueOf(exchange.getRequestURI().getRawQuery());
      if (query.contains("watch=1")) {
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        write(
            out,
            "{\"type\": \"BOOKMARK\", \"object\": {\"metadata\": {\"resourceVersion\": \"6\"}}}\n");
        out.flush();
        closed.await();
      } else if (path.equals("/api/v1/pods")) {
        list(exchange, query);
      } else {
        small(exchange, path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void list(HttpExchange exchange, String query) throws IOException {
    int limit = Integer.parseInt(value(query, "limit", "100000"));
    int begin = Integer.parseInt(value(query, "continue", "0"));
    if (begin > pods / 2 && expirations.getAndIncrement() == 0) {
      send(exchange, 410, "{\"kind\": \"Status\", \"code\": 410, \"message\": \"too old\"}");
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    int end = Math.min(begin + limit, pods);
    try (OutputStream out = exchange.getResponseBody()) {
      write(out, "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"5\"");
      write(out, end < pods ? ", \"continue\": \"" + end + "\"}, \"items\": [" : "}, \"items\": [");
      for (int i = begin; i < end; i++) {
        int namespace = (int) ((long) i * NAMESPACES / pods);
        write(out, i > begin ? "," : "");
        write(
            out,
            pod.replace("@POD", "%06d".formatted(i))
                .replace("@NAMESPACE", "n%02d".formatted(namespace))
                .replace("@OWNER", Integer.toString(i / PODS_OF_AN_OWNER)));
      }
      write(out, "]}");
    }
  }

  private static String value(String query, String name, String otherwise) {
    return Arrays.stream(query.split("&", -1))
        .filter(part -> part.startsWith(name + '='))
        .map(part -> part.substring(name.length() + 1))
        .findFirst()
        .orElse(otherwise);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void small(HttpExchange exchange, String path) throws IOException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (exchange.getRequestMethod().equals("POST") || exchange.getRequestMethod().equals("PUT")) {
      send(exchange, 200, "{\"metadata\": {\"resourceVersion\": \"1\"}}");
    } else if (path.equals("/api/v1/namespaces")) {
      String items =
          IntStream.range(0, NAMESPACES)
              .mapToObj(
                  "{\"metadata\": {\"name\": \"n%02d\", \"labels\": {\"podtap.io/inject\": \"enabled\"}}}"
                      ::formatted)
              .collect(Collectors.joining(","));
      send(
          exchange,
          200,
          "{\"metadata\": {\"resourceVersion\": \"5\"}, \"items\": [" + items + "]}");
    } else if (path.contains("/replicasets/")) {
      send(
          exchange,
          200,
          "{\"metadata\": {\"ownerReferences\": [{\"controller\": true, \"apiVersion\": \"apps/v1\","
              + " \"kind\": \"Deployment\", \"name\": \"d"
              + name
              + "\", \"uid\": \"d"
              + name
              + "\"}]}}");
    } else if (path.matches(".*/deployments/d.*")) {
      send(
          exchange,
          200,
          "{\"metadata\": {\"uid\": \"" + name + "\"}, \"spec\": {\"paused\": true}}");
    } else if (path.contains("configurations/")) {
      send(exchange, 200, "{\"metadata\": {\"creationTimestamp\": \"2026-01-01T00:00:00Z\"}}");
    } else {
      boolean isOne = path.contains("/leases/");
      send(
          exchange,
          isOne ? 404 : 200,
          "{\"metadata\": {\"resourceVersion\": \"5\"}, \"items\": []}");
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Writes what a pod of two containers looks like when it runs, with what its writers wrote. */
  private static String pod() {
    String variables = many(40, "{\"name\": \"VARIABLE_%d\", \"value\": \"some value of it\"}");
    String fields =
        many(110, "\"k:{\\\"name\\\":\\\"VARIABLE_%d\\\"}\": {\".\": {}, \"f:name\": {}}");
    String container =
        "{\"name\": \"c\", \"image\": \"registry.example/team/app:1.2.3\", \"env\": ["
            + variables
            + "], \"resources\": {\"requests\": {\"cpu\": \"100m\", \"memory\": \"128Mi\"}},"
            + " \"livenessProbe\": {\"httpGet\": {\"path\": \"/health\", \"port\": 8080}},"
            + " \"volumeMounts\": [{\"name\": \"token\", \"mountPath\": \"/var/run/secrets/token\"}]}";
    String conditions =
        many(
            5,
            "{\"type\": \"T%d\", \"status\": \"True\", \"lastTransitionTime\": \"2026-01-02T00:00:00Z\"}");
    return "{\"metadata\": {\"name\": \"application-@POD\", \"namespace\": \"@NAMESPACE\", \"uid\":"
        + " \"00000000-0000-0000-0000-000000@POD\", \"creationTimestamp\":"
        + " \"2026-01-02T00:00:00Z\", \"labels\": {\"app\": \"application\", \"pod-template-hash\":"
        + " \"7d9f8c6b5\"}, \"ownerReferences\": [{\"controller\": true, \"apiVersion\": \"apps/v1\","
        + " \"kind\": \"ReplicaSet\", \"name\": \"set@OWNER\", \"uid\": \"set@OWNER\"}],"
        + " \"managedFields\": [{\"manager\": \"kube-controller-manager\", \"time\":"
        + " \"2026-01-02T00:00:00Z\", \"fieldsV1\": {\"f:spec\": {"
        + fields
        + "}}}]}, \"spec\": {\"nodeName\": \"node\", \"containers\": ["
        + container
        + ", "
        + container.replace("\"c\"", "\"d\"")
        + "], \"volumes\": [{\"name\": \"token\", \"projected\": {\"sources\": []}}]}, \"status\":"
        + " {\"phase\": \"Running\", \"conditions\": ["
        + conditions
        + "]}}";
  }

  private static String many(int count, String format) {
    return IntStream.range(0, count).mapToObj(format::formatted).collect(Collectors.joining(", "));
  }

  /** Returns how long a pod's text is. */
  public int podBytes() {
    return pod.length();
  }

  /** Returns how often a list was told that its token has expired. */
  public int expirations() {
    return expirations.get();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
