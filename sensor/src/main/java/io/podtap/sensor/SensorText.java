package io.podtap.sensor;

import io.podtap.core.metrics.MetricsText;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.ingest.IngestText;
import io.podtap.sensor.merge.MergeCounts;
import java.util.Locale;

/**
 * A sensor's counters as Prometheus' text and as one JSON document, which has beside the members of
 * {@link IngestText}:
 *
 * <pre>
 * {"weirds": {name: count},
 *  "overload": {"flowsEvicted", "flowsUnparsed", "flowsTooLarge", "endFullBytes",
 *               "poolFullBytes"},
 *  "parserFailures": {service: flows}, "lostRecords": {log: records},
 *  "interface": {"name", "seen", "filtered", "dropped", "delivered", "truncated",
 *    "joinedDatagramsCut", "datagramsOfJoined", "datagramsUncaptured"},
 *  "kafka": {log: {"delivered", "dropped", "failed", "buffered"}}}
 * </pre>
 *
 * {@code interface} is there when one is captured.
 */
final class SensorText {

  private SensorText() {}

  static String json(Sensor.Snapshot snapshot) {
    AnalysisLoad load = snapshot.load();
    return String.join(
        ",",
        "{" + IngestText.json(snapshot.ingest()),
        IngestText.counts("weirds", snapshot.weirds()),
        String.format(
            Locale.ROOT,
            "\"overload\":{\"flowsEvicted\":%d,\"flowsUnparsed\":%d,\"flowsTooLarge\":%d,"
                + "\"endFullBytes\":%d,\"poolFullBytes\":%d}",
            load.flowsEvicted(),
            load.flowsUnparsed(),
            load.flowsTooLarge(),
            load.endFullBytes(),
            load.poolFullBytes()),
        IngestText.counts("parserFailures", load.parserFailures()),
        IngestText.counts("lostRecords", snapshot.lostRecords()),
        interfaceCounts(snapshot.captured()) + outboxCounts(snapshot.outbox()) + "}\n");
  }

  private static String interfaceCounts(InterfaceSummary captured) {
    return captured.name().isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "\"interface\":{\"name\":\"%s\",\"seen\":%d,\"filtered\":%d,\"dropped\":%d,"
                + "\"delivered\":%d,\"truncated\":%d,\"joinedDatagramsCut\":%d,"
                + "\"datagramsOfJoined\":%d,\"datagramsUncaptured\":%d},",
            MetricsText.plain(captured.name()),
            captured.seen(),
            captured.filtered(),
            captured.dropped(),
            captured.delivered(),
            captured.truncated(),
            captured.joinedDatagramsCut(),
            captured.datagramsOfJoined(),
            captured.datagramsUncaptured());
  }

  private static String outboxCounts(OutboxSummary outbox) {
    StringBuilder out = new StringBuilder("\"kafka\":{");
    String comma = "";
    for (OutboxSummary.Log log : outbox.logs()) {
      out.append(
          String.format(
              Locale.ROOT,
              "%s\"%s\":{\"delivered\":%d,\"dropped\":%d,\"failed\":%d,\"buffered\":%d}",
              comma,
              log.name(),
              log.delivered(),
              log.dropped(),
              log.failed(),
              log.buffered()));
      comma = ",";
    }
    return out.append('}').toString();
  }

  static String metrics(Sensor.Snapshot snapshot) {
    MetricsText out = new MetricsText("podtap_sensor_");
    IngestText.metrics(out, snapshot.ingest());
    out.counter("weirds_total", "Oddities of packets, by Zeek's names.")
        .values("name", snapshot.weirds());
    load(out, snapshot.load());
    out.counter("cut_packets_total", "Packets counted whole that taps or mirrors had cut.")
        .value(snapshot.load().cutPackets());
    out.counter("cut_bytes_total", "Bytes that those packets had lost.")
        .value(snapshot.load().cutBytes());
    merged(out, snapshot.load().merged());
    out.counter(
            "log_records_lost_total",
            "Records that could not be written: a full disk, a lost folder.")
        .values("log", snapshot.lostRecords());
    outboxLines(out, snapshot.outbox());
    interfaceLines(out, snapshot.captured());
    out.gauge("flows", "Flows under way.").value(snapshot.flows());
    out.counter("frames_total", "Frames analysed.").value(snapshot.framesAnalysed());
    return out.toString();
  }

  private static void merged(MetricsText out, MergeCounts merged) {
    out.counter("merged_packets_total", "Packets of hosts that several taps see.")
        .value("what", "duplicate", merged.duplicates())
        .value("what", "of_one_tap", merged.sole())
        .value("what", "early", merged.early())
        .value("what", "joining", merged.joining());
    out.gauge("merge_bytes", "Bytes set aside for frames that other taps may deliver, too.")
        .value(merged.heldBytes());
  }

  private static void load(MetricsText out, AnalysisLoad load) {
    out.counter(
            "overload_flows_total",
            "Flows ended early, or no longer looked into, for want of room.")
        .value("what", "evicted", load.flowsEvicted())
        .value("what", "unparsed", load.flowsUnparsed())
        .value("what", "too_large", load.flowsTooLarge());
    out.counter(
            "overload_reassembly_bytes_total",
            "Bytes ahead of a hole that were not kept: gaps to the parsers.")
        .value("limit", "end", load.endFullBytes())
        .value("limit", "all", load.poolFullBytes());
    out.gauge("reassembly_bytes", "Bytes kept ahead of holes.").value(load.heldBytes());
    out.gauge("carried_bytes", "Heap held for what flows carry: messages, requests, tables.")
        .value(load.carriedBytes());
    out.counter("parser_failures_total", "Parsers that failed by our mistake and left their flow.")
        .values("service", load.parserFailures());
  }

  /** Nothing where no interface is captured. */
  private static void interfaceLines(MetricsText out, InterfaceSummary captured) {
    if (captured.name().isEmpty()) {
      return;
    }
    out.counter("interface_frames_total", "Frames of the interface, by what became of them.")
        .value("fate", "seen", captured.seen())
        .value("fate", "filtered", captured.filtered())
        .value("fate", "dropped", captured.dropped())
        .value("fate", "delivered", captured.delivered())
        .value("fate", "truncated", captured.truncated());
    out.counter("joined_datagrams_cut_total", "Datagrams that came joined and were taken apart.")
        .value(captured.joinedDatagramsCut());
    out.counter("joined_datagrams_total", "How many datagrams they were, and of these cut off.")
        .value("fate", "cut", captured.datagramsOfJoined())
        .value("fate", "uncaptured", captured.datagramsUncaptured());
  }

  /** Nothing where there is no broker. */
  private static void outboxLines(MetricsText out, OutboxSummary outbox) {
    if (outbox.logs().isEmpty()) {
      return;
    }
    out.counter("kafka_records_total", "Records for Kafka, by what became of them.");
    for (OutboxSummary.Log log : outbox.logs()) {
      String labels = "log=\"" + log.name() + "\",fate=";
      out.labelled(labels + "\"delivered\"", log.delivered())
          .labelled(labels + "\"dropped\"", log.dropped())
          .labelled(labels + "\"failed\"", log.failed());
    }
    out.gauge("kafka_buffered_bytes", "Of records on their way.").value(outbox.bufferedBytes());
  }
}
