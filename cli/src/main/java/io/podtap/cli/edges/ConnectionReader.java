/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads connections out of records of {@code conn.log}. A pod that has the address of a node shares
 * the node's network, where policies do not select it: its ends are the node.
 */
final class ConnectionReader {

  private static final Pattern TIME = Pattern.compile("[0-9]{1,10}(\\.[0-9]{1,9})?");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,18}");
  private static final Set<String> TRANSPORTS = Set.of("tcp", "udp", "icmp", "unknown_transport");
  private static final int PORT_MAX = 65_535;
  private static final long SECOND_NS = 1_000_000_000L;

  private final Map<String, String> nodes;

  /**
   * @param nodes names of nodes by their addresses, as {@link #address} returns them
   */
  ConnectionReader(Map<String, String> nodes) {
    this.nodes = nodes;
  }

  /**
   * Reads one record.
   *
   * @throws IllegalArgumentException when a field that is needed is missing or invalid
   * @throws ArithmeticException when a time is out of range
   */
  Connection read(Map<String, String> record) {
    String transport = text(record, "proto");
    if (!TRANSPORTS.contains(transport)) {
      throw new IllegalArgumentException("invalid transport");
    }
    boolean hasPort = transport.equals("tcp") || transport.equals("udp");
    String client = address(text(record, "id.orig_h"));
    String server = address(text(record, "id.resp_h"));
    long startNs = timeNs(text(record, "ts"));
    String duration = text(record, "duration");
    return new Connection(
        client(end(record, "k8s.orig.", client)),
        end(record, "k8s.resp.", server),
        client,
        server,
        hasPort ? port(text(record, "id.orig_p")) : Connection.NO_PORT,
        transport,
        hasPort ? port(text(record, "id.resp_p")) : Connection.NO_PORT,
        EdgeTable.plainName(text(record, "service")),
        EdgeTable.plainName(text(record, "resp_name")),
        text(record, "conn_state"),
        startNs,
        Math.addExact(startNs, duration.isEmpty() ? 0 : timeNs(duration)),
        count(text(record, "orig_bytes")),
        count(text(record, "resp_bytes")));
  }

  /** A service accepts connections and opens none: its name for a client says too little. */
  private static End client(End end) {
    return end.kind() == End.Kind.SERVICE ? End.UNKNOWN : end;
  }

  private End end(Map<String, String> record, String prefix, String address) {
    End end =
        End.of(
            text(record, prefix + "namespace"),
            text(record, prefix + "workload"),
            text(record, prefix + "service"),
            text(record, prefix + "node"));
    String node = end.kind() == End.Kind.WORKLOAD ? nodes.get(address) : null;
    return node == null ? end : End.of("", "", "", node);
  }

  private static String text(Map<String, String> record, String name) {
    return record.getOrDefault(name, "");
  }

  /**
   * Returns an address as policies have it.
   *
   * @throws IllegalArgumentException when the text is not an address
   */
  static String address(String text) {
    if (text.indexOf('%') >= 0) {
      throw new IllegalArgumentException("an address with a zone");
    }
    InetAddress address = InetAddress.ofLiteral(text);
    return address instanceof Inet4Address
        ? address.getHostAddress()
        : text.toLowerCase(Locale.ROOT);
  }

  /** Returns whether policies say nothing of an address: multicast, broadcast, IPv6 link-local. */
  static boolean isOfLink(String address) {
    InetAddress parsed = InetAddress.ofLiteral(address);
    return parsed.isMulticastAddress()
        || parsed.isAnyLocalAddress()
        || address.equals("255.255.255.255")
        || (parsed instanceof Inet6Address && parsed.isLinkLocalAddress());
  }

  private static int port(String text) {
    long port = text.isEmpty() ? PORT_MAX + 1 : count(text);
    if (port > PORT_MAX) {
      throw new IllegalArgumentException("invalid port");
    }
    return (int) port;
  }

  private static long count(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!COUNT.matcher(text).matches()) {
      throw new IllegalArgumentException("invalid count");
    }
    return Long.parseLong(text);
  }

  /** Returns nanoseconds of seconds with up to nine decimals. */
  private static long timeNs(String text) {
    if (!TIME.matcher(text).matches()) {
      throw new IllegalArgumentException("invalid time");
    }
    int point = text.indexOf('.');
    if (point < 0) {
      return Math.multiplyExact(Long.parseLong(text), SECOND_NS);
    }
    String decimals = (text.substring(point + 1) + "000000000").substring(0, 9);
    return Math.addExact(
        Math.multiplyExact(Long.parseLong(text.substring(0, point)), SECOND_NS),
        Long.parseLong(decimals));
  }
}
