/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import io.podtap.core.testing.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;

/**
 * A client, a pod and a sensor on the bridge of a node, each in a network namespace of its own with
 * an {@code eth0}; offloads are on everywhere, as between real pods.
 *
 * <p>The node's port to the sensor behaves like a network card: it cuts the tunnel's datagrams and
 * completes their checksums, so a capture at the sensor shows what a wire would carry. More hosts
 * can be added, behind the bridge or behind the node as a router.
 */
final class PodNetwork implements AutoCloseable {

  /** One host: its namespace and its addresses. */
  record Host(NetworkNamespace namespace, String ipv4, String ipv6) {

    /** Changes the MTU of an interface. */
    void mtu(String device, int bytes) {
      namespace.run("ip", "link", "set", device, "mtu", Integer.toString(bytes));
    }
  }

  private static final String BRIDGE = "br0";

  private final List<NetworkNamespace> namespaces = new ArrayList<>();
  private final NetworkNamespace node;
  private final Host client;
  private final Host pod;
  private final Host sensor;

  private PodNetwork() {
    try {
      node = namespace("node");
      node.run("ip", "link", "add", BRIDGE, "type", "bridge");
      node.run("ip", "link", "set", BRIDGE, "up");
      client = add("client", 1);
      pod = add("pod", 2);
      sensor = add("sensor", 3);
      likeNetworkCard("v3");
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Makes the network; to be closed by the caller. */
  static PodNetwork create() {
    return new PodNetwork();
  }

  private NetworkNamespace namespace(String label) {
    NetworkNamespace namespace = NetworkNamespace.create(label);
    namespaces.add(namespace);
    return namespace;
  }

  private Host add(String label, int number) {
    Host host = new Host(namespace(label), "10.80.0." + number, "fd80::" + number);
    host.namespace().connect("eth0", node, "v" + number);
    node.run("ip", "link", "set", "v" + number, "master", BRIDGE);
    host.namespace().address("eth0", host.ipv4() + "/24");
    host.namespace().address("eth0", host.ipv6() + "/64");
    return host;
  }

  private void likeNetworkCard(String device) {
    node.run("ethtool", "-K", device, "tx", "off", "tx-udp-segmentation", "off");
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

  /** Adds a second sensor on the bridge. */
  Host addSensor() {
    return add("sensor2", 4);
  }

  /**
   * Adds a sensor behind the node, which routes to it: a shrunken {@link #farMtu} is told by ICMP,
   * as on a real path. IPv4 only.
   */
  Host addFarSensor() {
    Host far = new Host(namespace("far"), "10.81.0.2", "");
    far.namespace().connect("eth0", node, "far");
    far.namespace().address("eth0", "10.81.0.2/24");
    far.namespace().run("ip", "route", "add", "default", "via", "10.81.0.1");
    likeNetworkCard("far");
    node.address("far", "10.81.0.1/24");
    node.address(BRIDGE, "10.80.0.254/24");
    node.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
    pod.namespace().run("ip", "route", "add", "10.81.0.0/24", "via", "10.80.0.254");
    return far;
  }

  /** Changes the MTU of the node's way to the far sensor. */
  void farMtu(int bytes) {
    node.run("ip", "link", "set", "far", "mtu", Integer.toString(bytes));
  }

  /** Changes the MTU of the bridge, its ports and every host on it, the client left out. */
  void mtu(int bytes) {
    String text = Integer.toString(bytes);
    for (String port : List.of("v1", "v2", "v3")) {
      node.run("ip", "link", "set", port, "mtu", text);
    }
    node.run("ip", "link", "set", BRIDGE, "mtu", text);
    pod.mtu("eth0", bytes);
    sensor.mtu("eth0", bytes);
  }

  /**
   * Makes room for the tunnel's headers around packets of 1500 bytes, as a cluster's administrator
   * would: the bridge takes more, pod and client go on to use 1500.
   */
  void makeRoomForTunnel() {
    mtu(1_600);
    NetworkNamespace inside = pod.namespace();
    inside.run("ip", "route", "add", client.ipv4(), "dev", "eth0", "mtu", "1500");
    inside.run("ip", "-6", "route", "add", client.ipv6(), "dev", "eth0", "mtu", "1500");
  }

  /** Joins client and pod by a further cable, {@code eth1} on both sides, 10.82.0.1 and .2. */
  void addSecondCable() {
    pod.namespace().connect("eth1", client.namespace(), "eth1");
    pod.namespace().address("eth1", "10.82.0.2/24");
    client.namespace().address("eth1", "10.82.0.1/24");
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!namespaces.isEmpty()) {
      try {
        namespaces.removeLast().close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
