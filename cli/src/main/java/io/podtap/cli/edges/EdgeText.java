/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

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

  private static final JsonFactory JSON = new JsonFactory();

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

  /** Writes each edge as one line. */
  private static String json(List<Edge> edges, long beyondLimit, long invalid) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("edges");
      for (Edge edge : edges) {
        json.writeRaw('\n');
        edge(json, edge);
      }
      json.writeEndArray();
      json.writeRaw('\n');
      json.writeNumberProperty("beyond_limit", beyondLimit);
      json.writeNumberProperty("invalid_records", invalid);
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static void edge(JsonGenerator json, Edge edge) {
    Edge.Key key = edge.key();
    json.writeStartObject();
    end(json, "client", key.client());
    end(json, "server", key.server());
    if (key.port() != Connection.NO_PORT) {
      json.writeNumberProperty("port", key.port());
    }
    json.writeStringProperty("proto", key.transport());
    if (!key.service().isEmpty()) {
      json.writeStringProperty("service", key.service());
    }
    tally(json, edge.tally());
    if (!edge.peers().isEmpty()) {
      peers(json, edge.peers());
    }
    json.writeEndObject();
  }

  private static void end(JsonGenerator json, String name, End end) {
    json.writeObjectPropertyStart(name);
    json.writeStringProperty("kind", end.kind().name().toLowerCase(Locale.ROOT));
    if (!end.namespace().isEmpty()) {
      json.writeStringProperty("namespace", end.namespace());
    }
    if (end.kind() == End.Kind.WORKLOAD) {
      json.writeStringProperty("workload", end.resource() + '/' + end.name());
    } else if (!end.name().isEmpty()) {
      json.writeStringProperty("name", end.name());
    }
    json.writeEndObject();
  }

  private static void tally(JsonGenerator json, Tally tally) {
    json.writeNumberProperty("connections", tally.connections());
    json.writeNumberProperty("failed", tally.failures());
    json.writeNumberProperty("orig_bytes", tally.originatorBytes());
    json.writeNumberProperty("resp_bytes", tally.responderBytes());
    json.writeStringProperty("first", tally.first());
    json.writeStringProperty("last", tally.last());
  }

  private static void peers(JsonGenerator json, Map<String, Edge.Peer> peers) {
    json.writeArrayPropertyStart("addresses");
    peers.forEach((address, peer) -> {
      json.writeStartObject();
      json.writeStringProperty("address", address);
      if (!peer.name().isEmpty()) {
        json.writeStringProperty("name", peer.name());
      }
      tally(json, peer.tally());
      json.writeEndObject();
    });
    json.writeEndArray();
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
