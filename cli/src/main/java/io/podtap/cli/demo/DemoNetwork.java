/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Three hosts on one bridge: a client, a pod and a sensor, each a network namespace with an {@code
 * eth0}.
 *
 * <p>{@link #make} makes them with iproute2, as a person would; {@link #close} deletes the
 * namespaces by name, and with them every device. Another thread may close it while it is being
 * made: nothing is left then either, and making it fails.
 */
final class DemoNetwork implements AutoCloseable {

  /** One host: its namespace and its addresses. */
  record Host(String namespace, String ipv4, String ipv6) {}

  private static final String NODE = "node";
  private static final int WINDOW_BYTES = 262_144;

  /** Before the kernel's own route, whose metric is 256. */
  private static final int IPV6_METRIC = 128;

  private static final Path NAMESPACES = Path.of("/var/run/netns");

  private final String prefix = "podtap-demo-" + ProcessHandle.current().pid();
  private final List<String> namespaces = new ArrayList<>();
  private final Host client = host("client", 1);
  private final Host pod = host("pod", 2);
  private final Host sensor = host("sensor", 3);
  private boolean closed;

  /**
   * Makes the hosts.
   *
   * @throws SettingsException when iproute2 is missing or refuses
   */
  void make() {
    String node = namespaceName(NODE);
    makeNamespace(node);
    ip("-n", node, "link", "add", "br0", "type", "bridge");
    setUp(node, "br0");
    makeHost(client, node, "v1");
    makeHost(pod, node, "v2");
    makeHost(sensor, node, "v3");
    limitWindow("10.70.0.0/24", 0);
    limitWindow("fd70::/64", IPV6_METRIC);
  }

  /**
   * Gives the client the addresses of an attacker and of a database, and the pod neighbours that
   * never answer, so that a scan of theirs leaves the pod.
   */
  void addForAttack(String attacker, String database, int first, int count) {
    for (String address : List.of(attacker, database)) {
      ip("-n", client.namespace(), "addr", "add", address + "/24", "dev", "eth0");
    }
    for (int i = first; i < first + count; i++) {
      ip(
          "-n",
          pod.namespace(),
          "neigh",
          "add",
          "10.70.0." + i,
          "lladdr",
          String.format(Locale.ROOT, "02:00:00:00:00:%02x", i),
          "dev",
          "eth0");
    }
  }

  /**
   * Holds the client's receive window to what a gigabit network with 2 ms of delay needs: without
   * any delay, bulk would come as bursts of megabytes at the speed of memory.
   */
  private void limitWindow(String subnet, int metric) {
    ip(
        "-n",
        client.namespace(),
        "route",
        "replace",
        subnet,
        "dev",
        "eth0",
        "metric",
        Integer.toString(metric),
        "window",
        Integer.toString(WINDOW_BYTES));
  }

  private Host host(String role, int number) {
    return new Host(namespaceName(role), "10.70.0." + number, "fd70::" + number);
  }

  private void makeHost(Host host, String node, String port) {
    String name = host.namespace();
    makeNamespace(name);
    ip("-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", node);
    ip("-n", node, "link", "set", port, "master", "br0");
    setUp(node, port);
    ip("-n", name, "addr", "add", host.ipv4() + "/24", "dev", "eth0");
    ip("-n", name, "addr", "add", host.ipv6() + "/64", "dev", "eth0", "nodad");
    setUp(name, "eth0");
  }

  /**
   * No link-local addresses: the records are of the demo's traffic, not of router solicitations.
   */
  private static void setUp(String namespace, String device) {
    ip("-n", namespace, "link", "set", device, "addrgenmode", "none");
    ip("-n", namespace, "link", "set", device, "up");
  }

  /** Notes the name first: a half-made namespace is deleted too. */
  private synchronized void makeNamespace(String name) {
    if (closed) {
      throw new IllegalStateException("the demo's network is closed");
    }
    namespaces.add(name);
    ip("netns", "add", name);
    ip("-n", name, "link", "set", "lo", "up");
  }

  private String namespaceName(String role) {
    return prefix + "-" + role;
  }

  Host client() {
    return client;
  }

  Host pod() {
    return pod;
  }

  Host sensor() {
    return sensor;
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new SettingsException(
            "'" + String.join(" ", command) + "' failed: " + output.strip().replace('\n', ' '));
      }
    } catch (IOException e) {
      throw new SettingsException(
          "the demo needs the program ip (Debian: apt-get install iproute2)", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for ip", e);
    }
  }

  /** Deletes every namespace that was made; none can be made afterwards. */
  @Override
  public synchronized void close() {
    closed = true;
    while (!namespaces.isEmpty()) {
      String name = namespaces.removeLast();
      if (Files.notExists(NAMESPACES.resolve(name))) {
        continue;
      }
      try {
        ip("netns", "del", name);
      } catch (SettingsException e) {
        System.getLogger(DemoNetwork.class.getName())
            .log(System.Logger.Level.WARNING, e.getMessage());
      }
    }
  }
}
