/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Connections between two ends, by port and protocol. Where one end is a workload or a service and
 * the other is not, each address of the other is counted as well.
 */
final class Edge {

  /** In the order in which edges are printed. */
  static final Comparator<Edge> ORDER = Comparator.comparing(Edge::key);

  private static final Comparator<Key> KEYS =
      Comparator.comparing(Key::client)
          .thenComparing(Key::server)
          .thenComparingInt(Key::port)
          .thenComparing(Key::transport)
          .thenComparing(Key::service);

  /**
   * What makes an edge.
   *
   * @param port of the server, or {@link Connection#NO_PORT}
   * @param service protocols found by content; empty for none
   */
  record Key(End client, End server, int port, String transport, String service)
      implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return KEYS.compare(this, other);
    }

    /** Returns whether an end has a name. */
    boolean isNamed() {
      return client.kind() != End.Kind.UNKNOWN || server.kind() != End.Kind.UNKNOWN;
    }

    /** Returns port and transport as kubectl writes them. */
    String portText() {
      return port == Connection.NO_PORT ? transport : port + "/" + transport;
    }
  }

  /** What is known of one address. */
  static final class Peer {
    private final Tally tally = new Tally();
    private String name = "";

    Tally tally() {
      return tally;
    }

    /** Returns the name by which the address was looked up last; empty for none. */
    String name() {
      return name;
    }
  }

  private final Key key;
  private final Tally tally = new Tally();
  private final Map<String, Peer> peers = new TreeMap<>();
  private long matched;

  Edge(Key key) {
    this.key = key;
  }

  Key key() {
    return key;
  }

  Tally tally() {
    return tally;
  }

  /** Returns the ends that no selector names, by their addresses. */
  Map<String, Peer> peers() {
    return peers;
  }

  /** Notes that one connection to a service is in the logs with its pod as well. */
  void match() {
    matched++;
  }

  /** Returns whether every connection is also in another edge, with the pod that accepted it. */
  boolean isMatched() {
    return matched == tally.connections();
  }

  void add(Connection connection, String peerAddress) {
    tally.add(connection);
    if (!peerAddress.isEmpty()) {
      Peer peer = peers.computeIfAbsent(peerAddress, _ -> new Peer());
      peer.tally.add(connection);
      if (!connection.name().isEmpty() && connection.client().isSelected()) {
        peer.name = connection.name();
      }
    }
  }
}
