/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * As much of an API server as a tap sees, over HTTPS on loopback: lists, watches with bookmarks,
 * and whatever goes wrong on command. Objects are JSON texts by name; a version is a number.
 */
public final class ScriptedApiServer implements AutoCloseable {

  private record Event(long version, String json) {}

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final ClusterCertificate certificate;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, String> objects = new LinkedHashMap<>();
  private final List<Event> events = new ArrayList<>();
  private HttpsServer server;
  private long version = 100;
  private long oldest;
  private volatile String token = "token-1";
  private volatile String forbidden = "";
  private volatile int status = 200;
  private volatile long delayMs;
  private volatile boolean cutOff;
  private volatile int generation;

  public ScriptedApiServer(ClusterCertificate certificate) {
    this.certificate = certificate;
    server = listen(0);
  }

  private HttpsServer listen(int port) {
    try {
      HttpsServer made =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
      made.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
      made.createContext("/", this::answer);
      made.setExecutor(threads);
      made.start();
      return made;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Goes away as a killed process does. */
  void kill() {
    endWatches();
    server.stop(0);
  }

  /** Is back on a port that it had. */
  void restart(int port) {
    server = listen(port);
  }

  void token(String next) {
    token = next;
  }

  /** Refuses a verb, {@code list} or {@code watch}; empty for none. */
  void forbid(String verb) {
    forbidden = verb;
  }

  void status(int next) {
    status = next;
  }

  void delayMs(long next) {
    delayMs = next;
  }

  /** Ends open watches in the middle of a chunk. */
  synchronized void cutOff() {
    cutOff = true;
    generation++;
    notifyAll();
  }

  /** Ends open watches as their time limit does. */
  synchronized void endWatches() {
    cutOff = false;
    generation++;
    notifyAll();
  }

  /** Forgets events up to now: a watch that begins before is told 410. */
  synchronized void compact() {
    version++;
    oldest = version;
  }

  public synchronized void put(String name, String json) {
    version++;
    String versioned = json.replace("RV", Long.toString(version));
    boolean known = objects.put(name, versioned) != null;
    tell((known ? "MODIFIED" : "ADDED"), versioned);
  }

  synchronized void remove(String name) {
    version++;
    String json = objects.remove(name);
    if (json != null) {
      tell(
          "DELETED",
          json.replaceFirst(
              "\"resourceVersion\":\"\\d+\"", "\"resourceVersion\":\"" + version + '"'));
    }
  }

  private void tell(String type, String json) {
    events.add(new Event(version, "{\"type\":\"" + type + "\",\"object\":" + json + "}\n"));
    notifyAll();
  }

  synchronized void bookmark() {
    version++;
    tell(
        "BOOKMARK",
        "{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\""
            + version
            + "\",\"creationTimestamp\":null},\"spec\":{\"containers\":null},\"status\":{}}");
  }

  long count(String part) {
    return requests.stream().filter(one -> one.contains(part)).count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().toString();
    requests.add(query);
    try (exchange) {
      pause(delayMs);
      String verb = query.contains("watch=1") ? "watch" : "list";
      if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        send(exchange, 401, status(401, "Unauthorized"));
      } else if (verb.equals(forbidden)) {
        send(
            exchange,
            403,
            status(
                403,
                "pods is forbidden: User \\\"system:serviceaccount:shop:default\\\" cannot "
                    + verb
                    + " resource \\\"pods\\\" in API group \\\"\\\" in the namespace \\\"x\\\""));
      } else if (status != 200) {
        send(exchange, status, status(status, "scripted"));
      } else if (verb.equals("watch")) {
        watch(exchange, Long.parseLong(query.replaceAll(".*resourceVersion=(\\d+).*", "$1")));
      } else {
        send(exchange, 200, list());
      }
    }
  }

  private static String status(int code, String message) {
    return "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\""
        + message
        + "\",\"code\":"
        + code
        + "}";
  }

  private synchronized String list() {
    return "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\""
        + version
        + "\"},\"items\":["
        + String.join(",", objects.values())
        + "]}";
  }

  private static void send(HttpExchange exchange, int code, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void watch(HttpExchange exchange, long from) throws IOException {
    int mine = generation;
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    long told = from;
    if (told < oldest) {
      out.write(
          ("{\"type\":\"ERROR\",\"object\":" + status(410, "too old resource version") + "}\n")
              .getBytes(StandardCharsets.UTF_8));
      out.flush();
      return;
    }
    while (mine == generation) {
      StringBuilder text = new StringBuilder();
      synchronized (this) {
        awaitEvent(told, mine);
        for (Event event : events) {
          if (event.version() > told) {
            text.append(event.json());
            told = event.version();
          }
        }
      }
      if (!text.isEmpty()) {
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    }
    if (cutOff) {
      throw new IOException("cut off");
    }
  }

  private synchronized void awaitEvent(long told, int mine) {
    while (mine == generation && (events.isEmpty() || events.getLast().version() <= told)) {
      try {
        wait(1_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    threads.shutdownNow();
  }
}
