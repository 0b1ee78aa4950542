/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes edges as text. Every name in them was validated when it was read. */
final class EdgeText {

  private static final List<String> HEADINGS =
      List.of(
          "CLIENT",
          "SERVER",
          "PORT",
          "SERVICE",
          "CONNECTIONS",
          "FAILED",
          "SENT",
          "RECEIVED",
          "FIRST",
          "LAST");

  /** The forms of output. */
  enum Format {
    table,
    json,
    dot,
    mermaid
  }

  private EdgeText() {}

  /**
   * Returns edges in one form.
   *
   * @param beyondLimit connections that are in no edge
   * @param invalid records that could not be read
   */
  static String write(Format format, List<Edge> edges, long beyondLimit, long invalid) {
    return switch (format) {
      case table -> table(edges);
      case json -> json(edges, beyondLimit, invalid);
      case dot -> dot(edges);
      case mermaid -> mermaid(edges);
    };
  }

  private static String table(List<Edge> edges) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (Edge edge : edges) {
      Edge.Key key = edge.key();
      Tally tally = edge.tally();
      rows.add(
          List.of(
              key.client().text(),
              key.server().text(),
              key.portText(),
              key.service().isEmpty() ? "-" : key.service(),
              Long.toString(tally.connections()),
              Long.toString(tally.failures()),
              Long.toString(tally.originatorBytes()),
              Long.toString(tally.responderBytes()),
              tally.first(),
              tally.last()));
    }
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length - 1; i++) {
        text.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 3);
      }
      text.append(row.getLast()).append('\n');
    }
    return text.toString();
  }

  private static String json(List<Edge> edges, long beyondLimit, long invalid) {
    StringBuilder text = new StringBuilder("{\"edges\":[");
    String comma = "\n";
    for (Edge edge : edges) {
      Edge.Key key = edge.key();
      text.append(comma).append("{\"client\":");
      end(text, key.client());
      text.append(",\"server\":");
      end(text, key.server());
      if (key.port() != Connection.NO_PORT) {
        text.append(",\"port\":").append(key.port());
      }
      text.append(",\"proto\":\"").append(key.transport()).append('"');
      if (!key.service().isEmpty()) {
        text.append(",\"service\":\"").append(key.service()).append('"');
      }
      tally(text, edge.tally());
      if (!edge.peers().isEmpty()) {
        peers(text, edge.peers());
      }
      text.append('}');
      comma = ",\n";
    }
    return text.append("],\n\"beyond_limit\":")
        .append(beyondLimit)
        .append(",\"invalid_records\":")
        .append(invalid)
        .append("}\n")
        .toString();
  }

  private static void end(StringBuilder text, End end) {
    text.append("{\"kind\":\"").append(end.kind().name().toLowerCase(Locale.ROOT)).append('"');
    if (!end.namespace().isEmpty()) {
      text.append(",\"namespace\":\"").append(end.namespace()).append('"');
    }
    if (end.kind() == End.Kind.WORKLOAD) {
      text.append(",\"workload\":\"").append(end.resource()).append('/').append(end.name());
      text.append('"');
    } else if (!end.name().isEmpty()) {
      text.append(",\"name\":\"").append(end.name()).append('"');
    }
    text.append('}');
  }

  private static void tally(StringBuilder text, Tally tally) {
    text.append(
        String.format(
            Locale.ROOT,
            ",\"connections\":%d,\"failed\":%d,\"orig_bytes\":%d,\"resp_bytes\":%d,"
                + "\"first\":\"%s\",\"last\":\"%s\"",
            tally.connections(),
            tally.failures(),
            tally.originatorBytes(),
            tally.responderBytes(),
            tally.first(),
            tally.last()));
  }

  private static void peers(StringBuilder text, Map<String, Edge.Peer> peers) {
    text.append(",\"addresses\":[");
    String comma = "";
    for (Map.Entry<String, Edge.Peer> peer : peers.entrySet()) {
      text.append(comma).append("{\"address\":\"").append(peer.getKey()).append('"');
      if (!peer.getValue().name().isEmpty()) {
        text.append(",\"name\":\"").append(peer.getValue().name()).append('"');
      }
      tally(text, peer.getValue().tally());
      text.append('}');
      comma = ",";
    }
    text.append(']');
  }

  private static String label(Edge edge) {
    Edge.Key key = edge.key();
    String service = key.service().isEmpty() ? "" : " " + key.service();
    long failures = edge.tally().failures();
    return key.portText()
        + service
        + ": "
        + edge.tally().connections()
        + (failures == 0 ? "" : ", " + failures + " failed");
  }

  private static String dot(List<Edge> edges) {
    StringBuilder text = new StringBuilder("digraph edges {\n  rankdir=LR;\n  node [shape=box];\n");
    for (Edge edge : edges) {
      text.append("  \"").append(edge.key().client().text()).append("\" -> \"");
      text.append(edge.key().server().text()).append("\" [label=\"").append(label(edge));
      text.append("\"];\n");
    }
    return text.append("}\n").toString();
  }

  private static String mermaid(List<Edge> edges) {
    StringBuilder text = new StringBuilder("flowchart LR\n");
    Map<End, String> ids = new LinkedHashMap<>();
    for (Edge edge : edges) {
      for (End end : List.of(edge.key().client(), edge.key().server())) {
        if (!ids.containsKey(end)) {
          ids.put(end, "e" + ids.size());
          text.append("  ").append(ids.get(end)).append("[\"").append(end.text()).append("\"]\n");
        }
      }
    }
    for (Edge edge : edges) {
      text.append("  ").append(ids.get(edge.key().client())).append(" -->|\"").append(label(edge));
      text.append("\"| ").append(ids.get(edge.key().server())).append('\n');
    }
    return text.toString();
  }
}
