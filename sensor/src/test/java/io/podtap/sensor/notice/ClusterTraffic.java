/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.Analysis;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Traffic of a small cluster, made faster than time: health checks, scrapes, users with a daily
 * pattern, jobs by the hour, replicas that come and go, releases. Everything follows from the seed.
 * IPv4 only, checksums left out.
 */
final class ClusterTraffic {

  private static final long START_NS = 1_700_006_400_000_000_000L; // midnight
  private static final long STEP_NS = 20_000;
  static final int NODE = address(10, 0, 0, 1);
  static final int DNS = address(10, 96, 0, 10);

  private record Task(long timeNs, long order, Runnable action) {}

  private final Analysis analysis;
  private final Random random;
  private final Frame frame = new Frame();
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>((a, b) ->
          a.timeNs != b.timeNs ? Long.compare(a.timeNs, b.timeNs) : Long.compare(a.order, b.order));
  private final Map<String, List<Integer>> pods = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private int nextPod = 1;
  private int nextPort = 33_000;
  private long order;
  private long nowNs = START_NS;
  private long connections;

  ClusterTraffic(Analysis analysis, long seed) {
    this.analysis = analysis;
    this.random = new Random(seed);
    name(NODE, "node/node-1");
    name(DNS, "kube-system/coredns");
    scale("shop/web", 3);
    scale("shop/api", 2);
    scale("data/redis", 1);
    scale("data/postgres", 1);
    scale("monitoring/prometheus", 1);
    scale("kube-system/controller", 1);
    scale("kube-system/apiserver", 1);
  }

  /** Begins everything that goes on for ever. */
  ClusterTraffic begin() {
    every(Duration.ofSeconds(60), this::checkHealth);
    every(Duration.ofSeconds(60), this::scrape);
    every(Duration.ofSeconds(8), this::users);
    every(Duration.ofMinutes(1), this::reconcile);
    every(Duration.ofMinutes(5), this::pay);
    every(Duration.ofMinutes(20), this::autoscale);
    every(Duration.ofHours(1), this::backUp);
    return this;
  }

  /** At so long after the beginning a workload is new that others use from then on. */
  ClusterTraffic release(Duration after, String workload) {
    at(
        START_NS + after.toNanos(),
        () -> {
          scale(workload, 2);
          every(
              Duration.ofSeconds(60),
              () -> {
                http(any(workload), any("data/postgres"), 8080, "/q", 300);
                http(any("shop/web"), any(workload), 8080, "/report", 900);
              });
        });
    return this;
  }

  static int address(int a, int b, int c, int d) {
    return a << 24 | b << 16 | c << 8 | d;
  }

  static String text(int address) {
    return "%d.%d.%d.%d"
        .formatted(address >>> 24, address >>> 16 & 0xFF, address >>> 8 & 0xFF, address & 0xFF);
  }

  void name(int address, String workload) {
    names.put(text(address), workload);
  }

  /** Returns the workload that has an address now. */
  String nameOf(String address, long timeNs) {
    return names.getOrDefault(address, "");
  }

  void scale(String workload, int replicas) {
    List<Integer> running = pods.computeIfAbsent(workload, _ -> new ArrayList<>());
    while (running.size() > replicas) {
      running.removeFirst(); // its address keeps its name until it is used again
    }
    while (running.size() < replicas) {
      int address = address(10, 1, nextPod >>> 8 & 0xFF, nextPod & 0xFF);
      nextPod = nextPod % 4_000 + 1;
      running.add(address);
      name(address, workload);
    }
  }

  /** Returns the addresses of a workload. */
  List<Integer> all(String workload) {
    return List.copyOf(pods.getOrDefault(workload, List.of()));
  }

  /** Ends every pod of a workload and starts as many; returns the addresses of those that ended. */
  List<Integer> roll(String workload) {
    List<Integer> old = all(workload);
    scale(workload, 0);
    scale(workload, old.size());
    return old;
  }

  /** Returns a number below a bound. */
  int number(int bound) {
    return random.nextInt(bound);
  }

  /** Does something once, at so long after the beginning. */
  void after(Duration after, Runnable action) {
    at(START_NS + after.toNanos(), action);
  }

  int any(String workload) {
    List<Integer> running = pods.getOrDefault(workload, List.of());
    return running.get(random.nextInt(running.size()));
  }

  private void at(long timeNs, Runnable action) {
    tasks.add(new Task(timeNs, order++, action));
  }

  void every(Duration period, Runnable action) {
    long jitter = (long) (random.nextDouble() * period.toNanos() / 10);
    at(
        nowNs + period.toNanos() + jitter - period.toNanos() / 20,
        () -> {
          action.run();
          every(period, action);
        });
  }

  /** Runs until so long after the beginning. */
  void runUntil(Duration after) {
    long end = START_NS + after.toNanos();
    for (Task next = tasks.peek(); next != null && next.timeNs < end; next = tasks.peek()) {
      tasks.remove();
      nowNs = Math.max(nowNs, next.timeNs);
      next.action.run();
    }
    nowNs = end;
  }

  long connections() {
    return connections;
  }

  private void checkHealth() {
    pods.forEach((workload, running) -> {
      for (int pod : List.copyOf(running)) {
        if (!workload.startsWith("kube-system")) {
          http(NODE, pod, 8080, "/healthz", 2);
        }
      }
    });
  }

  private void scrape() {
    int prometheus = any("monitoring/prometheus");
    pods.forEach((_, running) -> {
      for (int pod : List.copyOf(running)) {
        http(prometheus, pod, 9090, "/metrics", 1_200);
      }
    });
  }

  /** More by day than by night. */
  private void users() {
    double hour = (nowNs - START_NS) / 3.6e12 % 24;
    double load = 1 + 2 * Math.max(0, Math.sin((hour - 6) / 24 * 2 * Math.PI));
    for (int i = 0; i < random.nextInt((int) Math.ceil(load) + 1); i++) {
      int web = any("shop/web");
      int client = address(198, 18, random.nextInt(256), random.nextInt(256));
      http(client, web, 8080, "/item?id=" + random.nextInt(1_000), random.nextInt(1_400));
      resolve(web, "api.shop");
      int api = any("shop/api");
      http(web, api, 8080, "/v1/items?cmd=list&q=" + random.nextInt(), random.nextInt(1_400));
      redis(api, any("data/redis"));
      if (random.nextInt(200) == 0) { // a user who mistypes
        refused(client, web);
      }
    }
  }

  /** Controllers talk to the API server all the time. */
  private void reconcile() {
    exchange(
        any("kube-system/controller"), any("kube-system/apiserver"), 6_443, "\1\2\3", "\4\5\6");
  }

  /** A service outside whose addresses change. */
  private void pay() {
    int api = any("shop/api");
    int address = address(52, 10, random.nextInt(4), random.nextInt(200) + 1);
    query(api, "eu.payments.example", address);
    exchange(api, address, 443, "\1\2\3" + "x".repeat(random.nextInt(400)), "\4\5\6");
  }

  private void autoscale() {
    double hour = (nowNs - START_NS) / 3.6e12 % 24;
    scale("shop/web", hour > 8 && hour < 20 ? 3 + random.nextInt(4) : 2 + random.nextInt(2));
    scale("shop/api", 2 + random.nextInt(3));
  }

  /** A job with a new pod each time. */
  private void backUp() {
    scale("data/backup", 0);
    scale("data/backup", 1);
    int job = any("data/backup");
    http(job, any("data/postgres"), 8080, "/dump", 1_400);
    int store = address(52, 20, 1, random.nextInt(50) + 1);
    query(job, "bucket.store.example", store);
    for (int i = 0; i < 20; i++) {
      exchange(job, store, 443, "\1\2\3" + "x".repeat(1_400), "\4");
    }
  }

  private void resolve(int pod, String name) {
    for (String search : List.of(".shop.svc.cluster.local", ".svc.cluster.local")) {
      query(pod, name + search, address(10, 96, 1, 1));
    }
  }

  void http(int client, int server, int port, String path, int answerBytes) {
    exchange(
        client,
        server,
        port,
        "GET " + path + " HTTP/1.1\r\nHost: service\r\nUser-Agent: agent/1.0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
            + answerBytes
            + "\r\n\r\n"
            + "x".repeat(answerBytes));
  }

  /** A request with a header of one's own. */
  void attack(int client, int server, String header) {
    exchange(
        client,
        server,
        8080,
        "GET / HTTP/1.1\r\nHost: service\r\n" + header + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  }

  private void refused(int client, int server) {
    exchange(
        client,
        server,
        8080,
        "POST /login HTTP/1.1\r\nHost: service\r\nContent-Length: 4\r\n\r\na=b\n",
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  }

  private void redis(int client, int server) {
    exchange(client, server, 6_379, "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", "$5\r\nvalue\r\n");
  }

  void exchange(int client, int server, int port, String request, String answer) {
    connections++;
    int from = 33_000 + (nextPort++ - 33_000) % 27_000;
    int sent = request.length();
    int back = answer.length();
    tcp(client, server, from, port, 0x02, 100, 0, "");
    tcp(server, client, port, from, 0x12, 500, 101, "");
    tcp(client, server, from, port, 0x10, 101, 501, "");
    if (sent > 0) {
      tcp(client, server, from, port, 0x18, 101, 501, request);
    }
    if (back > 0) {
      tcp(server, client, port, from, 0x18, 501, 101 + sent, answer);
    }
    tcp(client, server, from, port, 0x11, 101 + sent, 501 + back, "");
    tcp(server, client, port, from, 0x11, 501 + back, 102 + sent, "");
    tcp(client, server, from, port, 0x10, 102 + sent, 502 + back, "");
  }

  void query(int pod, String name, int answer) {
    query(pod, DNS, name, answer);
  }

  /** Asks for an address; none is found where {@code answer} is 0. */
  void query(int pod, int resolver, String name, int answer) {
    int from = 33_000 + (nextPort++ - 33_000) % 27_000;
    byte[] question = new byte[name.length() + 6];
    ByteBuffer text = ByteBuffer.wrap(question);
    for (String label : name.split("\\.", -1)) {
      text.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    text.put((byte) 0).putShort((short) 1).putShort((short) 1);
    int id = random.nextInt(65_536);
    udp(pod, resolver, from, 53, message(id, 0x0100, 0, question, new byte[0]));
    if (answer == 0) {
      udp(resolver, pod, 53, from, message(id, 0x8183, 0, question, new byte[0]));
      return;
    }
    ByteBuffer record = ByteBuffer.allocate(16);
    record.putShort((short) 0xC00C).putShort((short) 1).putShort((short) 1).putInt(30);
    record.putShort((short) 4).putInt(answer);
    udp(resolver, pod, 53, from, message(id, 0x8180, 1, question, record.array()));
  }

  /** Connects and closes, as probes of ports do. */
  void probe(int client, int server, int port) {
    exchange(client, server, port, "", "");
  }

  /** Connects to where nothing listens. */
  void refused(int client, int server, int port) {
    int from = 33_000 + (nextPort++ - 33_000) % 27_000;
    tcp(client, server, from, port, 0x02, 100, 0, "");
    tcp(server, client, port, from, 0x14, 0, 101, "");
  }

  /** Asks for a connection to where nobody is any more. */
  void silent(int client, int server, int port) {
    tcp(client, server, 33_000 + (nextPort++ - 33_000) % 27_000, port, 0x02, 100, 0, "");
  }

  /** Sends a datagram and gets one. */
  void datagrams(int client, int server, int port, byte[] data) {
    int from = 33_000 + (nextPort++ - 33_000) % 27_000;
    udp(client, server, from, port, data);
    udp(server, client, port, from, data);
  }

  /** Sends as much as is said, in frames as segmentation offload makes them. */
  void upload(int client, int server, int port, long bytes) {
    int from = 33_000 + (nextPort++ - 33_000) % 27_000;
    String part = "\1".repeat(60_000);
    int sent = 101;
    tcp(client, server, from, port, 0x02, 100, 0, "");
    tcp(server, client, port, from, 0x12, 500, 101, "");
    tcp(client, server, from, port, 0x10, 101, 501, "");
    for (long left = bytes; left > 0; left -= part.length()) {
      tcp(client, server, from, port, 0x18, sent, 501, part);
      sent += part.length();
      tcp(server, client, port, from, 0x10, 501, sent, "");
    }
    tcp(client, server, from, port, 0x11, sent, 501, "");
    tcp(server, client, port, from, 0x11, 501, sent + 1, "");
    tcp(client, server, from, port, 0x10, sent + 1, 502, "");
  }

  private static byte[] message(int id, int flags, int answers, byte[] question, byte[] record) {
    ByteBuffer message = ByteBuffer.allocate(12 + question.length + record.length);
    message.putShort((short) id).putShort((short) flags).putShort((short) 1);
    message.putShort((short) answers).putInt(0).put(question).put(record);
    return message.array();
  }

  private void tcp(
      int source,
      int target,
      int from,
      int to,
      int flags,
      int sequence,
      int acknowledged,
      String data) {
    ByteBuffer packet = ip(source, target, 6, 20 + data.length());
    packet.putShort((short) from).putShort((short) to).putInt(sequence).putInt(acknowledged);
    packet.put((byte) 0x50).put((byte) flags).putShort((short) 0xFFFF).putInt(0);
    packet.put(data.getBytes(StandardCharsets.ISO_8859_1));
    send(packet);
  }

  private void udp(int source, int target, int from, int to, byte[] data) {
    ByteBuffer packet = ip(source, target, 17, 8 + data.length);
    packet.putShort((short) from).putShort((short) to).putShort((short) (8 + data.length));
    packet.putShort((short) 0).put(data);
    send(packet);
  }

  private static ByteBuffer ip(int source, int target, int protocol, int length) {
    ByteBuffer packet = ByteBuffer.allocate(20 + length);
    packet.putShort((short) 0x4500).putShort((short) (20 + length)).putInt(0);
    packet.put((byte) 64).put((byte) protocol).putShort((short) 0).putInt(source).putInt(target);
    return packet;
  }

  private void send(ByteBuffer packet) {
    int length = packet.position();
    frame.wrap(MemorySegment.ofBuffer(packet.flip()), 0, length, length, nowNs);
    analysis.onFrame(frame.origin(LinkType.RAW, 0, false));
    nowNs += STEP_NS;
  }
}
