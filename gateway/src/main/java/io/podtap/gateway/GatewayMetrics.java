/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import io.podtap.core.metrics.Metric;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.core.metrics.MetricsText;
import io.podtap.gateway.output.OutputSummary;
import io.podtap.sensor.ingest.IngestMetrics;
import io.podtap.sensor.merge.MergeCounts;
import java.util.ArrayList;
import java.util.List;

/** Every number of a gateway besides those of {@link IngestMetrics}, declared. */
public final class GatewayMetrics {

  private static final String PREFIX = "podtap_gateway_";

  /** Copies of several taps. */
  static final MetricGroup<MergeCounts> MERGED = MergeCounts.metrics(PREFIX);

  /** What is handed on. */
  static final MetricGroup<Gateway.Snapshot> GATEWAY =
      MetricGroup.<Gateway.Snapshot>of(PREFIX, "the gateway", "")
          .counter("frames", "Frames handed to every output.", Gateway.Snapshot::frames)
          .build();

  /** One output. What goes to several readers counts once for each. */
  static final MetricGroup<OutputSummary> OUTPUT =
      MetricGroup.<OutputSummary>of(PREFIX, "an output", "outputs[]")
          .label("output", "name", "The output, as asked for.", it -> MetricsText.plain(it.name()))
          .counters("output_frames", "fate", "Frames of an output, by outcome.")
          .value("offered", OutputSummary::offered)
          .value("written", OutputSummary::written)
          .values("failed", OutputSummary::failed)
          .counter(
              "output",
              MetricUnit.BYTES,
              "Bytes of the frames that were written.",
              OutputSummary::bytes)
          .as("bytes")
          .gauge("output_waiting_frames", "Frames in an output's queue.", OutputSummary::waiting)
          .as("waiting")
          .gauge(
              "output_readers",
              "Who reads an output that readers connect to.",
              it -> it.readers() < 0 ? Metric.ABSENT : it.readers())
          .as("readers")
          .text("problem", "Why nothing leaves.", OutputSummary::problem)
          .account("frames offered", "offered", "written", "failed", "waiting")
          .build();

  private GatewayMetrics() {}

  /** Returns every group of a gateway. */
  public static List<MetricGroup<?>> all() {
    List<MetricGroup<?>> all = new ArrayList<>(IngestMetrics.GATEWAY.all());
    all.addAll(List.of(MERGED, GATEWAY, OUTPUT));
    return all;
  }
}
