/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Metrics by edge, declared. What means the same is called as Hubble calls it, behind another
 * prefix, labels included.
 *
 * @see "docs.cilium.io, Monitoring and metrics: Hubble metrics, labelsContext"
 */
public final class EdgeMetrics {

  private static final String PREFIX = "podtap_edge_";

  private static final MetricGroup<EdgeCounts> CONNECTIONS = connections();

  private static final MetricGroup<EdgeCounts> HANDSHAKES =
      labelled("handshakes of an edge, where edges are counted")
          .histogram(
              "tcp_handshake_duration",
              MetricUnit.NANOSECONDS,
              "Time from a SYN to its answer, as its tap saw it.",
              EdgeCounts::handshakes)
          .build();

  private static final MetricGroup<EdgeCounts> REQUESTS = requests();

  private static final MetricGroup<EdgeCounts> REQUEST_DURATIONS =
      labelled("durations of HTTP requests of an edge, where edges are counted")
          .histogram(
              "http_request_duration",
              MetricUnit.NANOSECONDS,
              "Time from a request to the end of its answer.",
              EdgeCounts::requestDurations)
          .build();

  private static final MetricGroup<EdgeCounts> QUESTIONS =
      labelled("DNS of an edge, where edges are counted")
          .counter("dns_queries", "DNS questions, answered or not.", EdgeCounts::questions)
          .metricsOnly()
          .counters("dns_responses", "rcode", "DNS answers by their codes.")
          .values("", EdgeCounts::answers)
          .build();

  static final MetricGroup<EdgeSeries> TOTALS =
      MetricGroup.<EdgeSeries>of("podtap_sensor_", "edges, where they are counted", "")
          .gauge("edges", "Edges that metrics have now.", EdgeSeries::edges)
          .metricsOnly()
          .gauge(
              "edges",
              MetricUnit.BYTES,
              "Text that their series are estimated to take.",
              EdgeSeries::heldBytes)
          .metricsOnly()
          .counter(
              "edges_ended",
              "Edges that ended after five minutes without a record.",
              EdgeSeries::ended)
          .metricsOnly()
          .counter(
              "edge_overflow_records",
              "Records counted on the edge other: there was no room for their own.",
              EdgeSeries::overflow)
          .metricsOnly()
          .build();

  private EdgeMetrics() {}

  private static MetricGroup.Builder<EdgeCounts> labelled(String title) {
    return MetricGroup.<EdgeCounts>of(PREFIX, title, "")
        .label(
            "source_namespace",
            "",
            "Namespace of the client.",
            edge -> edge.key.source().namespace())
        .label(
            "source_workload",
            "",
            "The client: a workload, a service, a node, world, unknown or other.",
            edge -> edge.key.source().workload())
        .label("source_workload_kind", "", "What the client is.", edge -> edge.key.source().kind())
        .label(
            "destination_namespace",
            "",
            "Namespace of the server.",
            edge -> edge.key.destination().namespace())
        .label(
            "destination_workload",
            "",
            "The server: a workload, a service, a node, world, unknown or other.",
            edge -> edge.key.destination().workload())
        .label(
            "destination_workload_kind",
            "",
            "What the server is.",
            edge -> edge.key.destination().kind())
        .label("protocol", "", "TCP, UDP, ICMPv4 and so on.", edge -> edge.key.protocol())
        .label("port", "", "The server's port.", edge -> edge.key.port());
  }

  private static MetricGroup<EdgeCounts> connections() {
    MetricGroup.Builder<EdgeCounts> group =
        labelled("connections of an edge, where edges are counted")
            .counters("connections", "outcome", "Connections that ended, by outcome.");
    for (EdgeOutcome outcome : EdgeOutcome.values()) {
      group
          .value(outcome.label, edge -> edge.connections(outcome))
          .means(outcome.meaning)
          .metricsOnly();
    }
    return group
        .counters(
            "payload", MetricUnit.BYTES, "sender", "Payload of connections that ended, by sender.")
        .value("source", EdgeCounts::sourceBytes)
        .means("Payload that the source sent in connections that ended.")
        .metricsOnly()
        .value("destination", EdgeCounts::destinationBytes)
        .means("Payload that the destination sent in connections that ended.")
        .metricsOnly()
        .build();
  }

  private static MetricGroup<EdgeCounts> requests() {
    MetricGroup.Builder<EdgeCounts> group =
        labelled("HTTP requests of an edge, where edges are counted")
            .counters("http_requests", "status_class", "HTTP requests by class of status.");
    for (int i = 0; i < EdgeCounts.STATUS_CLASSES; i++) {
      int statusClass = i;
      group
          .value(nameOf(i), edge -> edge.requests(statusClass))
          .means(
              switch (i) {
                case 0 -> "HTTP requests without an answer.";
                case EdgeCounts.STATUS_CLASSES - 1 -> "HTTP requests with an invalid status.";
                default -> "HTTP requests with a status from " + i + "00 to " + i + "99.";
              })
          .metricsOnly();
    }
    return group.build();
  }

  private static String nameOf(int statusClass) {
    return switch (statusClass) {
      case 0 -> "none";
      case EdgeCounts.STATUS_CLASSES - 1 -> "other";
      default -> statusClass + "xx";
    };
  }

  /** Returns the groups of edges, each with the edges that have something of it. */
  static Map<MetricGroup<EdgeCounts>, Predicate<EdgeCounts>> ofEdges() {
    Map<MetricGroup<EdgeCounts>, Predicate<EdgeCounts>> groups = new LinkedHashMap<>();
    groups.put(CONNECTIONS, EdgeCounts::hasConnections);
    groups.put(HANDSHAKES, EdgeCounts::hasHandshakes);
    groups.put(REQUESTS, EdgeCounts::hasRequests);
    groups.put(REQUEST_DURATIONS, EdgeCounts::hasRequestDurations);
    groups.put(QUESTIONS, EdgeCounts::hasQuestions);
    return groups;
  }

  /** Returns every group. */
  public static List<MetricGroup<?>> all() {
    return List.of(TOTALS, CONNECTIONS, HANDSHAKES, REQUESTS, REQUEST_DURATIONS, QUESTIONS);
  }
}
