/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.edges.EdgeMetrics;
import io.podtap.sensor.identity.source.OwnerSources;
import io.podtap.sensor.ingest.IngestMetrics;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.sensor.notice.NoticeCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every number of a sensor besides those of {@link IngestMetrics}, declared. */
public final class SensorMetrics {

  private static final String PREFIX = "podtap_sensor_";

  /** What an analysis counts. */
  static final MetricGroup<Analysis> ANALYSIS =
      MetricGroup.<Analysis>of(PREFIX, "the analysis", "")
          .counter("frames", "Frames analysed.", Analysis::framesSeen)
          .gauge("flows", "Active flows.", Analysis::flows)
          .counters("weirds", "name", "Weirds of packets, by Zeek's names.")
          .values("weirds", analysis -> analysis.weirds().counts())
          .counters(
              "overload_flows",
              "what",
              "Flows evicted, or no longer parsed, because of a memory limit.")
          .value("evicted", analysis -> analysis.tracker().table().evicted())
          .means("Flows that ended early to make room.")
          .as("flows_evicted")
          .value("unparsed", analysis -> analysis.dispatcher().flowsLetGo())
          .means("Flows whose parsers were stopped because those of all flows held too much.")
          .as("flows_unparsed")
          .value("too_large", analysis -> analysis.dispatcher().flowsTooLarge())
          .means("Flows whose parsers were stopped because those of this flow held too much.")
          .as("flows_too_large")
          .counters(
              "overload_reassembly",
              MetricUnit.BYTES,
              "limit",
              "Out-of-order bytes that were not kept: gaps to the parsers.")
          .value("end", analysis -> analysis.tracker().endFullBytes())
          .means("Bytes that one end had no more room for.")
          .as("end_full_bytes")
          .value("all", analysis -> analysis.tracker().poolFullBytes())
          .means("Bytes that all ends together had no more room for.")
          .as("pool_full_bytes")
          .gauge(
              "reassembly",
              MetricUnit.BYTES,
              "Out-of-order bytes that are kept.",
              analysis -> analysis.tracker().heldBytes())
          .gauge(
              "carried",
              MetricUnit.BYTES,
              "Heap held for what flows carry: messages, requests, tables.",
              analysis -> analysis.dispatcher().heldBytes())
          .counters(
              "parser_failures",
              "service",
              "Parsers that failed by a mistake of this program and left their flow.")
          .values("parser_failures", analysis -> analysis.dispatcher().failures())
          .counter(
              "cut_packets",
              "Packets counted whole that taps or mirrors had cut.",
              analysis -> analysis.tracker().cutPackets())
          .counter(
              "cut",
              MetricUnit.BYTES,
              "Bytes that those packets had lost.",
              analysis -> analysis.tracker().cutBytes())
          .counters(
              "extracted_files",
              "fate",
              "Files to keep: written, of these cut, and refused for a limit.")
          .value("kept", analysis -> analysis.extracted().files())
          .as("extracted_files")
          .value("cut", analysis -> analysis.extracted().cutFiles())
          .as("extracted_files_cut")
          .value("refused", analysis -> analysis.extracted().refusedFiles())
          .as("extracted_files_refused")
          .counters(
              "extracted", MetricUnit.BYTES, "fate", "Bytes of files to keep: written, left out.")
          .value("kept", analysis -> analysis.extracted().bytes())
          .as("extracted_bytes")
          .value("cut", analysis -> analysis.extracted().cutBytes())
          .as("extracted_bytes_cut")
          .counter(
              "extraction_failures",
              "What the system refused while files were kept.",
              analysis -> analysis.extracted().failures())
          .build();

  /** Copies of several taps. */
  static final MetricGroup<MergeCounts> MERGED = MergeCounts.metrics(PREFIX);

  /** What a captured interface gave; the ring may hold some that were seen. */
  static final MetricGroup<CapturedInterface> INTERFACE =
      MetricGroup.<CapturedInterface>of(
              PREFIX, "a captured interface, where there is one", "interface")
          .text("name", "The interface.", one -> one.capture().device())
          .counters("interface_frames", "fate", "Frames of the interface, by outcome.")
          .value("seen", one -> one.capture().seen())
          .value("filtered", one -> one.capture().filtered())
          .value("dropped", one -> one.capture().droppedByKernel())
          .means("Frames for which the ring had no room.")
          .value("delivered", one -> one.capture().delivered())
          .value("truncated", one -> one.capture().truncated())
          .means("Of the delivered, frames longer than a block of the ring, cut.")
          .counter(
              "joined_datagrams_cut",
              "Datagrams that came joined and were taken apart.",
              one -> one.cutter().framesCut())
          .counters(
              "joined_datagrams", "fate", "How many datagrams they were, and of these cut off.")
          .value("cut", one -> one.cutter().datagramsCut())
          .as("datagrams_of_joined")
          .value("uncaptured", one -> one.cutter().datagramsUncaptured())
          .as("datagrams_uncaptured")
          .build();

  /** Who had which address. */
  static final MetricGroup<OwnerSources.Counts> IDENTITY =
      MetricGroup.<OwnerSources.Counts>of(
              PREFIX, "owners of addresses, where they are named", "identity")
          .gauge(
              "identity_bindings",
              "Intervals in which an address has or had an owner.",
              counts -> counts.bindings().bindings())
          .as("bindings")
          .gauge(
              "identity",
              MetricUnit.BYTES,
              "Heap that they are estimated to take.",
              counts -> counts.bindings().bytes())
          .as("bytes")
          .counters("identity_losses", "what", "What is not named, or not written, by cause.")
          .value("rejected", counts -> counts.bindings().rejected())
          .means("Intervals for which there was no room.")
          .value("ambiguous", counts -> counts.bindings().ambiguous())
          .means("Lookups for which two owners were possible.")
          .value("journal_lost", counts -> counts.bindings().journalLost())
          .means("Changes that came faster than identity.log was written.")
          .value("omitted", counts -> counts.api().omitted())
          .means("Labels, containers, ports and addresses beyond what is kept of one object.")
          .counters("identity_api", "what", "What was asked of the Kubernetes API.")
          .value("requests", counts -> counts.api().requests())
          .as("api_requests")
          .value("lists", counts -> counts.api().lists())
          .as("api_lists")
          .value("failures", counts -> counts.api().failures())
          .as("api_failures")
          .gauge(
              "identity_api_objects",
              "Pods, services and nodes that exist.",
              counts -> counts.api().objects())
          .as("api_objects")
          .gauge(
              "identity_api_current",
              "Whether all watches are open.",
              counts -> counts.api().isCurrent() ? 1 : 0)
          .as("api_current")
          .build();

  /** Records that could not be written, by log. */
  static final MetricGroup<Map<String, Long>> LOGS =
      MetricGroup.<Map<String, Long>>of(PREFIX, "log files", "")
          .counters(
              "log_records_lost",
              "log",
              "Records that could not be written: a full disk, a lost folder.")
          .values("lost_records", lost -> lost)
          .build();

  /** Records for a broker, of one log. */
  static final MetricGroup<OutboxSummary.Log> KAFKA_LOG =
      MetricGroup.<OutboxSummary.Log>of(
              PREFIX, "a log sent to Kafka, where there is a broker", "kafka.LOG")
          .label("log", "", "The log.", OutboxSummary.Log::name)
          .counters("kafka_records", "fate", "Records for Kafka, by outcome.")
          .value("delivered", OutboxSummary.Log::delivered)
          .means("Records that the broker has confirmed.")
          .value("dropped", OutboxSummary.Log::dropped)
          .means("Records for which the buffer had no room.")
          .value("failed", OutboxSummary.Log::failed)
          .means("Records that the broker refused, or that waited too long.")
          .gauge("kafka_buffered_records", "Records on their way.", OutboxSummary.Log::buffered)
          .as("buffered")
          .build();

  /** What is on its way to a broker. */
  static final MetricGroup<OutboxSummary> KAFKA =
      MetricGroup.<OutboxSummary>of(PREFIX, "all that is sent to Kafka", "")
          .gauge(
              "kafka_buffered",
              MetricUnit.BYTES,
              "Bytes of records on their way.",
              OutboxSummary::bufferedBytes)
          .metricsOnly()
          .build();

  /** What detections found. */
  static final MetricGroup<NoticeCounts> NOTICES = NoticeCounts.metrics(PREFIX);

  private SensorMetrics() {}

  /** Returns every group of a sensor. */
  public static List<MetricGroup<?>> all() {
    List<MetricGroup<?>> all = new ArrayList<>(IngestMetrics.SENSOR.all());
    all.addAll(List.of(ANALYSIS, MERGED, LOGS, INTERFACE, IDENTITY, NOTICES, KAFKA_LOG, KAFKA));
    all.addAll(EdgeMetrics.all());
    return all;
  }
}
