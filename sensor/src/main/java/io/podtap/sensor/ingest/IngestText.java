package io.podtap.sensor.ingest;

import io.podtap.core.metrics.MetricsText;
import io.podtap.core.trust.TrustStatus;
import io.podtap.sensor.taps.TapSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What was received as metrics, for people, and as members of a JSON document:
 *
 * <pre>
 * "datagrams", "bytes", "analysed", "reports", "refused", "overflowed", "strangers", "badReports",
 * "lateReports", "implausibleTimes", "probesAnswered", "probesIgnored",
 * "malformed": {name: datagrams},
 * "streams": {"open", "opened", "bytes", "starved", "frames", "reports", "badReports",
 *             "lateReports", "implausibleTimes", "ends": {how: connections}},
 * "taps": [{"id", "address", "vni", "known", "sent", "received", "lost", "surplus", "unreported",
 *           "receivedBytes"}],
 * "forgotten": {"taps", "sent", "received", "lost", "surplus", "unreported", "receivedBytes"}
 * </pre>
 *
 * {@code datagrams = analysed + reports + refused + malformed}; of each tap and of the forgotten,
 * {@code sent + surplus + unreported = received + lost}.
 */
public final class IngestText {

  /** Taps that metrics name; six series each. */
  private static final int TAPS_MAX = 1_024;

  private static final String OTHER = "tap=\"other\",address=\"\",vni=\"\"";

  private IngestText() {}

  /** Returns the members, without braces around them. */
  public static String json(IngestSummary summary) {
    DatagramSummary datagrams = summary.datagrams();
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "\"datagrams\":%d,\"bytes\":%d,\"analysed\":%d,\"reports\":%d,\"refused\":%d,"
                + "\"overflowed\":%d,\"strangers\":%d,\"badReports\":%d,\"lateReports\":%d,"
                + "\"implausibleTimes\":%d,\"probesAnswered\":%d,\"probesIgnored\":%d,",
            datagrams.datagrams(),
            datagrams.bytes(),
            datagrams.analysed(),
            datagrams.reports(),
            datagrams.refused(),
            datagrams.overflowed(),
            datagrams.strangers(),
            datagrams.badReports(),
            datagrams.lateReports(),
            datagrams.implausibleTimes(),
            datagrams.probesAnswered(),
            datagrams.probesIgnored()));
    out.append(counts("malformed", datagrams.malformed())).append(',');
    streams(out, summary.streams());
    out.append(",\"taps\":[");
    String comma = "";
    for (TapSummary tap : summary.taps()) {
      out.append(comma)
          .append(
              String.format(
                  Locale.ROOT,
                  "{\"id\":\"%s\",\"address\":\"%s\",\"vni\":%d,\"known\":%b,",
                  MetricsText.plain(tap.tap().name()),
                  tap.tap().address(),
                  tap.tap().vni(),
                  tap.tap().isKnown()));
      ledger(out, tap).append('}');
      comma = ",";
    }
    out.append("],\"forgotten\":{\"taps\":").append(summary.forgottenTapsCount()).append(',');
    return ledger(out, summary.forgottenTaps()).append('}').toString();
  }

  private static StringBuilder ledger(StringBuilder out, TapSummary tap) {
    return out.append(
        String.format(
            Locale.ROOT,
            "\"sent\":%d,\"received\":%d,\"lost\":%d,\"surplus\":%d,\"unreported\":%d,"
                + "\"receivedBytes\":%d",
            tap.sentHere(),
            tap.received(),
            tap.lost(),
            tap.surplus(),
            tap.unreported(),
            tap.receivedBytes()));
  }

  private static void streams(StringBuilder out, StreamSummary streams) {
    out.append(
        String.format(
            Locale.ROOT,
            "\"streams\":{\"open\":%d,\"opened\":%d,\"bytes\":%d,\"starved\":%d,\"frames\":%d,"
                + "\"reports\":%d,\"badReports\":%d,\"lateReports\":%d,\"implausibleTimes\":%d,",
            streams.connections().open(),
            streams.connections().opened(),
            streams.connections().bytes(),
            streams.connections().starved(),
            streams.frames(),
            streams.reports(),
            streams.badReports(),
            streams.lateReports(),
            streams.implausibleTimes()));
    out.append(counts("ends", ends(streams))).append('}');
  }

  private static Map<String, Long> ends(StreamSummary streams) {
    Map<String, Long> named = new TreeMap<>();
    streams
        .connections()
        .ends()
        .forEach((end, count) -> named.put(end.name().toLowerCase(Locale.ROOT), count));
    return named;
  }

  /** Returns a member of named counts. */
  public static String counts(String name, Map<String, Long> counts) {
    StringBuilder out = new StringBuilder().append('"').append(name).append("\":{");
    String comma = "";
    for (Map.Entry<String, Long> entry : counts.entrySet()) {
      out.append(comma).append('"').append(entry.getKey()).append("\":").append(entry.getValue());
      comma = ",";
    }
    return out.append('}').toString();
  }

  /** Adds the metrics. */
  public static void metrics(MetricsText out, IngestSummary summary) {
    DatagramSummary datagrams = summary.datagrams();
    out.counter("datagrams_total", "Datagrams received, by what became of them.")
        .value("fate", "analysed", datagrams.analysed())
        .value("fate", "report", datagrams.reports())
        .value("fate", "refused", datagrams.refused())
        .values("fate", datagrams.malformed());
    out.counter("overflowed_total", "Datagrams lost for want of socket buffer.")
        .value(datagrams.overflowed());
    out.counter("doubted_total", "What senders say that was not believed.")
        .value("what", "bad_report", datagrams.badReports())
        .value("what", "late_report", datagrams.lateReports())
        .value("what", "capture_time", datagrams.implausibleTimes());
    out.counter("probes_total", "Questions of taps whether a socket is read here.")
        .value("fate", "answered", datagrams.probesAnswered())
        .value("fate", "ignored", datagrams.probesIgnored());
    out.counter("stranger_frames_total", "Frames of unknown taps.").value(datagrams.strangers());
    streamMetrics(out, summary.streams());
    tapMetrics(out, summary);
  }

  private static void streamMetrics(MetricsText out, StreamSummary streams) {
    out.gauge("streams", "Taps connected by TLS.").value(streams.connections().open());
    out.counter("streams_total", "Streams opened.").value(streams.connections().opened());
    out.counter("stream_bytes_total", "Bytes of streams, decrypted.")
        .value(streams.connections().bytes());
    out.counter("stream_frames_total", "Frames of streams.").value(streams.frames());
    out.counter(
            "streams_ended_total",
            "Connections for streams, by how they ended; strangers included.")
        .values("how", ends(streams));
    TrustStatus trust = streams.connections().trust();
    if (trust != null) {
      trust.metrics(out);
    }
    out.counter("stream_doubted_total", "What streams say that was not believed.")
        .value("what", "bad_report", streams.badReports())
        .value("what", "late_report", streams.lateReports())
        .value("what", "capture_time", streams.implausibleTimes());
  }

  private static void tapMetrics(MetricsText out, IngestSummary summary) {
    out.gauge("taps", "Taps and strangers under watch.").value(summary.taps().size());
    out.counter("taps_forgotten_total", "Taps and strangers forgotten after a silence.")
        .value(summary.forgottenTapsCount());
    out.gauge("tap_packets", "Packets of each tap: sent + surplus + unreported = received + lost.");
    Map<String, TapSummary> shown = shown(summary.taps());
    shown.forEach((labels, tap) -> ledger(out, labels + ',', tap));
    out.gauge("tap_received_bytes", "Bytes of each tap's received packets.");
    shown.forEach((labels, tap) -> out.labelled(labels, tap.receivedBytes()));
    out.gauge(
        "tap_clock_offset_milliseconds", "How far each tap's clock is ahead of the sensor's.");
    shown.forEach((labels, tap) -> {
      if (tap.tap().clockOrReports().isKnown()) {
        long aheadNs = tap.tap().clockOrReports().tapAheadNs();
        out.labelled(labels, TimeUnit.NANOSECONDS.toMillis(aheadNs));
      }
    });
    out.gauge("forgotten_packets", "The same of those that were forgotten.");
    ledger(out, "", summary.forgottenTaps());
  }

  /** Returns taps by their labels, those that are known first; what does not fit is one of them. */
  private static Map<String, TapSummary> shown(List<TapSummary> taps) {
    Map<String, TapSummary> shown = new LinkedHashMap<>();
    for (boolean isKnown : new boolean[] {true, false}) {
      for (TapSummary tap : taps) {
        if (tap.tap().isKnown() == isKnown) {
          String labels = labels(tap);
          boolean hasPlace = shown.size() < TAPS_MAX || shown.containsKey(labels);
          shown.merge(hasPlace ? labels : OTHER, tap, TapSummary::plus);
        }
      }
    }
    return shown;
  }

  private static String labels(TapSummary tap) {
    return String.format(
        Locale.ROOT,
        "tap=\"%s\",address=\"%s\",vni=\"%d\"",
        MetricsText.plain(tap.tap().name()),
        tap.tap().address(),
        tap.tap().vni());
  }

  private static void ledger(MetricsText out, String labels, TapSummary tap) {
    out.labelled(labels + "fate=\"sent\"", tap.sentHere())
        .labelled(labels + "fate=\"received\"", tap.received())
        .labelled(labels + "fate=\"lost\"", tap.lost())
        .labelled(labels + "fate=\"surplus\"", tap.surplus())
        .labelled(labels + "fate=\"unreported\"", tap.unreported());
  }

  /** Returns what came by tunnels, as the last words of a program. */
  public static String finalSummary(IngestSummary summary) {
    DatagramSummary datagrams = summary.datagrams();
    return String.format(
        Locale.ROOT,
        "podtap: received %d = analysed %d + reports %d + refused %d + malformed %d;"
            + " %d overflowed; %d taps",
        datagrams.datagrams(),
        datagrams.analysed(),
        datagrams.reports(),
        datagrams.refused(),
        datagrams.malformedTotal(),
        datagrams.overflowed(),
        summary.taps().size());
  }

  /** Returns what came by streams, as the last words of a program. */
  public static String finalSummary(StreamSummary streams) {
    return String.format(
        Locale.ROOT,
        "podtap: received %d frames by %d streams over TLS; %d connections turned away",
        streams.frames(),
        streams.connections().opened(),
        streams.connections().turnedAway());
  }
}
