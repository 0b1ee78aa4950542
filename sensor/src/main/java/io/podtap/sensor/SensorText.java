package io.podtap.sensor;

import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.taps.TapSummary;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sensor's counters as Prometheus' text and as one JSON document:
 *
 * <pre>
 * {"datagrams", "bytes", "analysed", "reports", "refused", "overflowed", "strangers", "badReports",
 *  "lateReports", "implausibleTimes", "malformed": {name: datagrams}, "weirds": {name: count},
 *  "streams": {"open", "opened", "bytes", "starved", "frames", "reports", "badReports",
 *              "lateReports", "implausibleTimes", "ends": {how: connections}},
 *  "overload": {"flowsEvicted", "flowsUnparsed", "endFullBytes", "poolFullBytes"},
 *  "parserFailures": {service: flows}, "lostRecords": {log: records},
 *  "kafka": {log: {"delivered", "dropped", "failed", "buffered"}},
 *  "taps": [{"id", "address", "vni", "known", "sent", "received", "lost", "surplus", "unreported"}],
 *  "forgotten": {"taps", "sent", "received", "lost", "surplus", "unreported"}}
 * </pre>
 *
 * Of each tap and of the forgotten, {@code sent + surplus + unreported = received + lost}.
 */
final class SensorText {

  private SensorText() {}

  static String json(Sensor.Snapshot snapshot) {
    ReceiveSummary receive = snapshot.receive();
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "{\"datagrams\":%d,\"bytes\":%d,\"analysed\":%d,\"reports\":%d,\"refused\":%d,\"overflowed\":%d,"
                + "\"strangers\":%d,\"badReports\":%d,\"lateReports\":%d,\"implausibleTimes\":%d",
            receive.datagrams(),
            receive.bytes(),
            receive.analysed(),
            receive.reports(),
            receive.refused(),
            receive.overflowed(),
            receive.strangers(),
            receive.badReports(),
            receive.lateReports(),
            receive.implausibleTimes()));
    counts(out, "malformed", receive.malformed());
    streams(out, snapshot.streams());
    counts(out, "weirds", snapshot.weirds());
    AnalysisLoad load = snapshot.load();
    out.append(
        String.format(
            Locale.ROOT,
            ",\"overload\":{\"flowsEvicted\":%d,\"flowsUnparsed\":%d,\"endFullBytes\":%d,"
                + "\"poolFullBytes\":%d}",
            load.flowsEvicted(),
            load.flowsUnparsed(),
            load.endFullBytes(),
            load.poolFullBytes()));
    counts(out, "parserFailures", load.parserFailures());
    counts(out, "lostRecords", snapshot.lostRecords());
    outboxCounts(out, snapshot.outbox());
    out.append(",\"taps\":[");
    String comma = "";
    for (TapSummary tap : snapshot.taps()) {
      out.append(comma)
          .append(
              String.format(
                  Locale.ROOT,
                  "{\"id\":\"%s\",\"address\":\"%s\",\"vni\":%d,\"known\":%b,",
                  plain(tap.tap().name()),
                  tap.tap().address(),
                  tap.tap().vni(),
                  tap.tap().isKnown()));
      ledger(out, tap).append('}');
      comma = ",";
    }
    out.append("],\"forgotten\":{\"taps\":").append(snapshot.forgottenTapsCount()).append(',');
    return ledger(out, snapshot.forgottenTaps()).append("}}\n").toString();
  }

  private static StringBuilder ledger(StringBuilder out, TapSummary tap) {
    return out.append(
        String.format(
            Locale.ROOT,
            "\"sent\":%d,\"received\":%d,\"lost\":%d,\"surplus\":%d,\"unreported\":%d",
            tap.sentHere(),
            tap.received(),
            tap.lost(),
            tap.surplus(),
            tap.unreported()));
  }

  private static void streams(StringBuilder out, StreamSummary streams) {
    out.append(
        String.format(
            Locale.ROOT,
            ",\"streams\":{\"open\":%d,\"opened\":%d,\"bytes\":%d,\"starved\":%d,\"frames\":%d,"
                + "\"reports\":%d,\"badReports\":%d,\"lateReports\":%d,\"implausibleTimes\":%d",
            streams.connections().open(),
            streams.connections().opened(),
            streams.connections().bytes(),
            streams.connections().starved(),
            streams.frames(),
            streams.reports(),
            streams.badReports(),
            streams.lateReports(),
            streams.implausibleTimes()));
    counts(out, "ends", ends(streams));
    out.append('}');
  }

  private static Map<String, Long> ends(StreamSummary streams) {
    Map<String, Long> named = new TreeMap<>();
    streams
        .connections()
        .ends()
        .forEach((end, count) -> named.put(end.name().toLowerCase(Locale.ROOT), count));
    return named;
  }

  private static void counts(StringBuilder out, String name, Map<String, Long> counts) {
    out.append(",\"").append(name).append("\":{");
    String comma = "";
    for (Map.Entry<String, Long> entry : counts.entrySet()) {
      out.append(comma).append('"').append(entry.getKey()).append("\":").append(entry.getValue());
      comma = ",";
    }
    out.append('}');
  }

  private static void outboxCounts(StringBuilder out, OutboxSummary outbox) {
    out.append(",\"kafka\":{");
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
    out.append('}');
  }

  static String metrics(Sensor.Snapshot snapshot) {
    ReceiveSummary receive = snapshot.receive();
    StringBuilder out = new StringBuilder();
    type(
        out,
        "podtap_sensor_datagrams_total",
        "counter",
        "Datagrams received, by what became of them.");
    line(out, "podtap_sensor_datagrams_total", "fate", "analysed", receive.analysed());
    line(out, "podtap_sensor_datagrams_total", "fate", "report", receive.reports());
    line(out, "podtap_sensor_datagrams_total", "fate", "refused", receive.refused());
    receive
        .malformed()
        .forEach((name, count) -> line(out, "podtap_sensor_datagrams_total", "fate", name, count));
    type(
        out,
        "podtap_sensor_overflowed_total",
        "counter",
        "Datagrams lost for want of socket buffer.");
    out.append("podtap_sensor_overflowed_total ").append(receive.overflowed()).append('\n');
    type(out, "podtap_sensor_doubted_total", "counter", "What senders say that was not believed.");
    line(out, "podtap_sensor_doubted_total", "what", "bad_report", receive.badReports());
    line(out, "podtap_sensor_doubted_total", "what", "late_report", receive.lateReports());
    line(out, "podtap_sensor_doubted_total", "what", "capture_time", receive.implausibleTimes());
    streamMetrics(out, snapshot.streams());
    type(out, "podtap_sensor_weirds_total", "counter", "Oddities of packets, by Zeek's names.");
    snapshot
        .weirds()
        .forEach((name, count) -> line(out, "podtap_sensor_weirds_total", "name", name, count));
    load(out, snapshot.load());
    String lost = "podtap_sensor_log_records_lost_total";
    type(out, lost, "counter", "Records that could not be written: a full disk, a lost folder.");
    snapshot.lostRecords().forEach((log, count) -> line(out, lost, "log", log, count));
    outboxLines(out, snapshot.outbox());
    type(out, "podtap_sensor_flows", "gauge", "Flows under way.");
    out.append("podtap_sensor_flows ").append(snapshot.flows()).append('\n');
    single(out, "frames_total", "counter", "Frames analysed.", snapshot.framesAnalysed());
    single(out, "stranger_frames_total", "counter", "Frames of unknown taps.", receive.strangers());
    single(out, "taps", "gauge", "Taps and strangers under watch.", snapshot.taps().size());
    single(
        out,
        "taps_forgotten_total",
        "counter",
        "Taps and strangers forgotten after a silence.",
        snapshot.forgottenTapsCount());
    type(
        out,
        "podtap_sensor_tap_packets",
        "gauge",
        "Packets of each tap: sent + surplus + unreported = received + lost.");
    for (TapSummary tap : snapshot.taps()) {
      ledgerLines(out, "podtap_sensor_tap_packets", labels(tap), tap);
    }
    type(out, "podtap_sensor_forgotten_packets", "gauge", "The same of those that were forgotten.");
    ledgerLines(out, "podtap_sensor_forgotten_packets", "", snapshot.forgottenTaps());
    return out.toString();
  }

  private static void streamMetrics(StringBuilder out, StreamSummary streams) {
    single(out, "streams", "gauge", "Taps connected by TLS.", streams.connections().open());
    single(out, "streams_total", "counter", "Streams opened.", streams.connections().opened());
    single(
        out,
        "stream_bytes_total",
        "counter",
        "Bytes of streams, decrypted.",
        streams.connections().bytes());
    single(out, "stream_frames_total", "counter", "Frames of streams.", streams.frames());
    String ended = "podtap_sensor_streams_ended_total";
    type(out, ended, "counter", "Connections for streams, by how they ended; strangers included.");
    ends(streams).forEach((end, count) -> line(out, ended, "how", end, count));
    String doubted = "podtap_sensor_stream_doubted_total";
    type(out, doubted, "counter", "What streams say that was not believed.");
    line(out, doubted, "what", "bad_report", streams.badReports());
    line(out, doubted, "what", "late_report", streams.lateReports());
    line(out, doubted, "what", "capture_time", streams.implausibleTimes());
  }

  private static void load(StringBuilder out, AnalysisLoad load) {
    String flows = "podtap_sensor_overload_flows_total";
    type(out, flows, "counter", "Flows ended early, and not looked into, for want of room.");
    line(out, flows, "what", "evicted", load.flowsEvicted());
    line(out, flows, "what", "unparsed", load.flowsUnparsed());
    String bytes = "podtap_sensor_overload_reassembly_bytes_total";
    type(out, bytes, "counter", "Bytes ahead of a hole that were not kept: gaps to the parsers.");
    line(out, bytes, "limit", "end", load.endFullBytes());
    line(out, bytes, "limit", "all", load.poolFullBytes());
    single(out, "reassembly_bytes", "gauge", "Bytes kept ahead of holes.", load.heldBytes());
    String failures = "podtap_sensor_parser_failures_total";
    type(out, failures, "counter", "Parsers that failed by our mistake and left their flow.");
    load.parserFailures()
        .forEach((service, count) -> line(out, failures, "service", service, count));
  }

  /** Nothing where there is no broker. */
  private static void outboxLines(StringBuilder out, OutboxSummary outbox) {
    if (outbox.logs().isEmpty()) {
      return;
    }
    String name = "podtap_sensor_kafka_records_total";
    type(out, name, "counter", "Records for Kafka, by what became of them.");
    for (OutboxSummary.Log log : outbox.logs()) {
      outboxLine(out, log, "delivered", log.delivered());
      outboxLine(out, log, "dropped", log.dropped());
      outboxLine(out, log, "failed", log.failed());
    }
    single(
        out, "kafka_buffered_bytes", "gauge", "Of records on their way.", outbox.bufferedBytes());
  }

  private static void outboxLine(
      StringBuilder out, OutboxSummary.Log log, String fate, long count) {
    String labels = "log=\"" + log.name() + "\",";
    ledgerLine(out, "podtap_sensor_kafka_records_total", labels, fate, count);
  }

  private static String labels(TapSummary tap) {
    return String.format(
        Locale.ROOT,
        "tap=\"%s\",address=\"%s\",vni=\"%d\",",
        plain(tap.tap().name()),
        tap.tap().address(),
        tap.tap().vni());
  }

  private static void ledgerLines(StringBuilder out, String name, String labels, TapSummary tap) {
    ledgerLine(out, name, labels, "sent", tap.sentHere());
    ledgerLine(out, name, labels, "received", tap.received());
    ledgerLine(out, name, labels, "lost", tap.lost());
    ledgerLine(out, name, labels, "surplus", tap.surplus());
    ledgerLine(out, name, labels, "unreported", tap.unreported());
  }

  private static void ledgerLine(
      StringBuilder out, String name, String labels, String fate, long count) {
    out.append(String.format(Locale.ROOT, "%s{%sfate=\"%s\"} %d\n", name, labels, fate, count));
  }

  private static void single(StringBuilder out, String name, String type, String help, long value) {
    type(out, "podtap_sensor_" + name, type, help);
    out.append("podtap_sensor_").append(name).append(' ').append(value).append('\n');
  }

  private static void line(StringBuilder out, String name, String label, String value, long count) {
    out.append(String.format(Locale.ROOT, "%s{%s=\"%s\"} %d\n", name, label, value, count));
  }

  private static void type(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /** A tap's name comes from the network: what is not plain text becomes an underscore. */
  private static String plain(String text) {
    return text.replaceAll("[^A-Za-z0-9_.:/@-]", "_");
  }
}
