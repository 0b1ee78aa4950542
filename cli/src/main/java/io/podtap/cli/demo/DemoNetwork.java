package io.podtap.cli.demo;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Three hosts on one bridge: a client, a pod and a sensor, each a network namespace with an {@code
 * eth0}.
 *
 * <p>Made with iproute2, as a person would; {@link #close} deletes the namespaces by name, and with
 * them every device.
 */
final class DemoNetwork implements AutoCloseable {

  /** One host: its namespace and its addresses. */
  record Host(String namespace, String ipv4, String ipv6) {}

  private static final String NODE = "node";

  private final String prefix = "podtap-demo-" + ProcessHandle.current().pid();
  private final List<String> namespaces = new ArrayList<>();
  private final Host client;
  private final Host pod;
  private final Host sensor;

  /**
   * Makes the hosts.
   *
   * @throws SettingsException when iproute2 is missing or refuses
   */
  DemoNetwork() {
    try {
      String node = namespace(NODE);
      ip("-n", node, "link", "add", "br0", "type", "bridge");
      setUp(node, "br0");
      client = host("client", 1);
      pod = host("pod", 2);
      sensor = host("sensor", 3);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Host host(String role, int number) {
    String name = namespace(role);
    String port = "v" + number;
    Host host = new Host(name, "10.70.0." + number, "fd70::" + number);
    ip(
        "-n",
        name,
        "link",
        "add",
        "eth0",
        "type",
        "veth",
        "peer",
        "name",
        port,
        "netns",
        namespaceName(NODE));
    ip("-n", namespaceName(NODE), "link", "set", port, "master", "br0");
    setUp(namespaceName(NODE), port);
    ip("-n", name, "addr", "add", host.ipv4() + "/24", "dev", "eth0");
    ip("-n", name, "addr", "add", host.ipv6() + "/64", "dev", "eth0", "nodad");
    setUp(name, "eth0");
    return host;
  }

  /**
   * No link-local addresses: the records are of the demo's traffic, not of router solicitations.
   */
  private static void setUp(String namespace, String device) {
    ip("-n", namespace, "link", "set", device, "addrgenmode", "none");
    ip("-n", namespace, "link", "set", device, "up");
  }

  private String namespace(String role) {
    String name = namespaceName(role);
    ip("netns", "add", name);
    namespaces.add(name);
    ip("-n", name, "link", "set", "lo", "up");
    return name;
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

  /** Deletes every namespace that was made. */
  @Override
  public void close() {
    while (!namespaces.isEmpty()) {
      String name = namespaces.removeLast();
      try {
        ip("netns", "del", name);
      } catch (SettingsException e) {
        System.getLogger(DemoNetwork.class.getName())
            .log(System.Logger.Level.WARNING, e.getMessage());
      }
    }
  }
}
