/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.text.PlainText;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All edges, within a limit in bytes; connections beyond it are counted and left out. */
final class EdgeTable {

  /** Objects and table entries of one edge, without its texts. */
  private static final long EDGE_BYTES = 480;

  /** The same of one address. */
  private static final long PEER_BYTES = 400;

  /** The longest name that an address gets, at one byte a character. */
  private static final int NAME_LENGTH_MAX = 100;

  private static final int LINE_LENGTH_MAX = 300;

  /** What names of hosts and protocols consist of; nothing that any output format escapes. */
  private static final String NAME_CHARACTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/,*";

  private final long bytesMax;
  private final Map<Edge.Key, Edge> edges = new HashMap<>();
  private final ServiceMatches matches = new ServiceMatches();
  private long bytes;
  private long beyondLimit;

  EdgeTable(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Adds a connection, or counts it as beyond the limit. */
  void add(Connection connection) {
    Edge.Key key =
        new Edge.Key(
            connection.client(),
            connection.server(),
            connection.port(),
            connection.transport(),
            connection.service());
    String peer = peer(connection);
    Edge edge = edges.get(key);
    long more = edge == null ? EDGE_BYTES + textBytes(key) : 0;
    if (!peer.isEmpty() && (edge == null || !edge.peers().containsKey(peer))) {
      more += PEER_BYTES;
    }
    if (bytes + more > bytesMax) {
      beyondLimit++;
      return;
    }
    bytes += more;
    if (edge == null) {
      edge = new Edge(key);
      edges.put(key, edge);
    }
    edge.add(connection, peer);
    matches.add(connection, edge);
  }

  /** Returns the address that a policy would have to name; empty when selectors name both ends. */
  private static String peer(Connection connection) {
    boolean isClient = connection.client().isSelected();
    if (isClient == connection.server().isSelected()) {
      return "";
    }
    return isClient ? connection.serverAddress() : connection.clientAddress();
  }

  private static long textBytes(Edge.Key key) {
    return textBytes(key.client()) + textBytes(key.server()) + 2L * key.service().length();
  }

  private static long textBytes(End end) {
    return 2L * (end.namespace().length() + end.resource().length() + end.name().length());
  }

  /** Returns a text of a log as any output may have it: other characters become question marks. */
  static String plainName(String text) {
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), NAME_LENGTH_MAX); i++) {
      char c = text.charAt(i);
      clean.append(NAME_CHARACTERS.indexOf(c) >= 0 ? c : '?');
    }
    return clean.toString();
  }

  /** Returns a message as one line of plain characters. */
  static String line(String message) {
    return PlainText.of(message, LINE_LENGTH_MAX);
  }

  /** Returns connections that are in no edge because the limit was reached. */
  long beyondLimit() {
    return beyondLimit;
  }

  /** Returns every edge, in no order. */
  Collection<Edge> all() {
    return edges.values();
  }

  /**
   * Returns edges in the order in which they are printed.
   *
   * @param namespace of one end at least; empty for all edges
   */
  List<Edge> sorted(String namespace) {
    return edges.values().stream()
        .filter(edge -> namespace.isEmpty() || isIn(namespace, edge.key()))
        .sorted(Edge.ORDER)
        .toList();
  }

  private static boolean isIn(String namespace, Edge.Key key) {
    return key.client().namespace().equals(namespace) || key.server().namespace().equals(namespace);
  }
}
