/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.testing.NetworkNamespace;
import java.util.List;

/**
 * Four namespaces: client, pod and sensors on the bridge of a node, as in a cluster. IPv4 and IPv6
 * addresses end with 1 (client), 2 (pod), 3 and 4 (sensors).
 */
final class Topology implements AutoCloseable {

  final NetworkNamespace node = NetworkNamespace.create("node");
  final NetworkNamespace client = NetworkNamespace.create("client");
  final NetworkNamespace pod = NetworkNamespace.create("pod");
  final NetworkNamespace sensor = NetworkNamespace.create("sensor");
  final NetworkNamespace sensor2 = NetworkNamespace.create("sensor2");

  /** Makes the namespaces; every link has the given MTU. */
  Topology(int mtu) {
    node.run("ip", "link", "add", "br0", "type", "bridge");
    node.run("ip", "link", "set", "br0", "mtu", Integer.toString(mtu), "up");
    List<NetworkNamespace> hosts = List.of(client, pod, sensor, sensor2);
    for (int i = 0; i < hosts.size(); i++) {
      join(hosts.get(i), i + 1, mtu);
    }
  }

  /** Gives a namespace its {@code eth0} on the bridge. */
  void join(NetworkNamespace host, int number, int mtu) {
    String port = "port" + number;
    host.connect("eth0", node, port);
    node.run("ip", "link", "set", port, "mtu", Integer.toString(mtu), "master", "br0");
    host.run("ip", "link", "set", "eth0", "mtu", Integer.toString(mtu));
    host.address("eth0", "10.9.0." + number + "/24");
    host.address("eth0", "fd09::" + number + "/64");
    keepOrder(host, "eth0");
    keepOrder(node, port);
  }

  /**
   * Lets one processor take in what a link receives. A virtual link hands packets to whichever
   * processor their sender runs on, so a sender that moves would overtake itself.
   */
  private static void keepOrder(NetworkNamespace host, String device) {
    host.run("sh", "-c", "echo 1 > /sys/class/net/" + device + "/queues/rx-0/rps_cpus");
  }

  @Override
  public void close() {
    for (NetworkNamespace namespace : List.of(sensor2, sensor, pod, client, node)) {
      namespace.close();
    }
  }
}
