/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import io.podtap.core.packet.IpProtocol;

/**
 * What tells one edge from another.
 *
 * @param protocol as Hubble names it: {@code TCP}, {@code UDP}, {@code ICMPv4}; {@code other}
 * @param port of the destination; empty where the protocol has none, or {@link #OTHER_PORT}
 */
record EdgeKey(EdgeEnd source, EdgeEnd destination, String protocol, String port) {

  /** The port of attempts that nobody has answered, where no connection has shown a server. */
  static final String OTHER_PORT = "other";

  /** The edge of everything for which there was no room. */
  static final EdgeKey OTHER = new EdgeKey(EdgeEnd.OTHER, EdgeEnd.OTHER, "other", OTHER_PORT);

  /** Returns the edge to a port. */
  static EdgeKey of(EdgeEnd source, EdgeEnd destination, int protocol, int port) {
    return new EdgeKey(
        source, destination, name(protocol), hasPorts(protocol) ? Integer.toString(port) : "");
  }

  private static boolean hasPorts(int protocol) {
    return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
  }

  private static String name(int protocol) {
    return switch (protocol) {
      case IpProtocol.TCP -> "TCP";
      case IpProtocol.UDP -> "UDP";
      case IpProtocol.SCTP -> "SCTP";
      case IpProtocol.ICMP -> "ICMPv4";
      case IpProtocol.ICMPV6 -> "ICMPv6";
      default -> "other";
    };
  }

  boolean hasPort() {
    return !port.isEmpty();
  }

  /** Returns the edge of attempts to whatever port. */
  EdgeKey toAnyPort() {
    return new EdgeKey(source, destination, protocol, OTHER_PORT);
  }

  int length() {
    return source.length() + destination.length() + protocol.length() + port.length();
  }
}
