package io.podtap.gateway;

import io.podtap.core.metrics.MetricsText;
import io.podtap.gateway.output.OutputSummary;
import io.podtap.sensor.ingest.IngestText;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.tap.LedgerJson;
import java.util.Locale;

/**
 * A gateway's counters as Prometheus' text and as one JSON document, which has beside the members
 * of {@link IngestText}:
 *
 * <pre>
 * {"merged": {"duplicates", "ofOneTap", "early", "joining", "bytes"}, "frames",
 *  "outputs": [{"name", "offered", "written", "bytes", "waiting", "failed": {cause: frames},
 *               "readers", "problem", "tunnel": {a tap's ledger}}]}
 * </pre>
 *
 * Of each output, {@code offered = written + failed + waiting}; {@code readers} and {@code tunnel}
 * are there where they mean something.
 */
final class GatewayText {

  private GatewayText() {}

  static String json(Gateway.Snapshot snapshot) {
    StringBuilder out = new StringBuilder("{");
    out.append(IngestText.json(snapshot.ingest()));
    MergeCounts merged = snapshot.merged();
    out.append(
        String.format(
            Locale.ROOT,
            ",\"merged\":{\"duplicates\":%d,\"ofOneTap\":%d,\"early\":%d,\"joining\":%d,\"bytes\":%d}",
            merged.duplicates(),
            merged.sole(),
            merged.early(),
            merged.joining(),
            merged.heldBytes()));
    out.append(",\"frames\":").append(snapshot.frames()).append(",\"outputs\":[");
    String comma = "";
    for (OutputSummary output : snapshot.outputs()) {
      out.append(comma)
          .append(
              String.format(
                  Locale.ROOT,
                  "{\"name\":\"%s\",\"offered\":%d,\"written\":%d,\"bytes\":%d,\"waiting\":%d,%s",
                  MetricsText.plain(output.name()),
                  output.offered(),
                  output.written(),
                  output.bytes(),
                  output.waiting(),
                  IngestText.counts("failed", output.failed())));
      if (output.readers() >= 0) {
        out.append(",\"readers\":").append(output.readers());
      }
      out.append(",\"problem\":").append(LedgerJson.quoted(output.problem()));
      output.tunnel().ifPresent(tap -> out.append(",\"tunnel\":").append(LedgerJson.of(tap)));
      out.append('}');
      comma = ",";
    }
    return out.append("]}\n").toString();
  }

  static String metrics(Gateway.Snapshot snapshot) {
    MetricsText out = new MetricsText("podtap_gateway_");
    IngestText.metrics(out, snapshot.ingest());
    MergeCounts merged = snapshot.merged();
    out.counter("merged_packets_total", "Packets of hosts that several taps see.")
        .value("what", "duplicate", merged.duplicates())
        .value("what", "of_one_tap", merged.sole())
        .value("what", "early", merged.early())
        .value("what", "joining", merged.joining());
    out.gauge("merge_bytes", "Bytes set aside for frames that other taps may deliver, too.")
        .value(merged.heldBytes());
    out.counter("frames_total", "Frames handed to every output.").value(snapshot.frames());
    out.counter("output_frames_total", "Frames of an output, by what became of them.");
    for (OutputSummary output : snapshot.outputs()) {
      String label = "output=\"" + MetricsText.plain(output.name()) + "\",fate=";
      out.labelled(label + "\"offered\"", output.offered());
      out.labelled(label + "\"written\"", output.written());
      output.failed().forEach((cause, frames) -> out.labelled(label + '"' + cause + '"', frames));
    }
    out.counter("output_bytes_total", "Bytes of the frames that were written.");
    for (OutputSummary output : snapshot.outputs()) {
      out.value("output", MetricsText.plain(output.name()), output.bytes());
    }
    out.gauge("output_waiting_frames", "Frames in an output's queue.");
    for (OutputSummary output : snapshot.outputs()) {
      out.value("output", MetricsText.plain(output.name()), output.waiting());
    }
    out.gauge("output_readers", "Who reads an output that readers connect to.");
    for (OutputSummary output : snapshot.outputs()) {
      if (output.readers() >= 0) {
        out.value("output", MetricsText.plain(output.name()), output.readers());
      }
    }
    return out.toString();
  }

  static String finalSummary(MergeCounts merged) {
    return String.format(
        Locale.ROOT,
        "podtap: several taps: %d duplicates dropped, %d packets of one tap only, %d handed on"
            + " early for want of room",
        merged.duplicates(),
        merged.sole(),
        merged.early());
  }

  static String finalSummary(OutputSummary output) {
    return String.format(
        Locale.ROOT,
        "podtap: %s: offered %d = written %d + failed %d%s%s",
        output.name(),
        output.offered(),
        output.written(),
        output.failedTotal(),
        output.failed().isEmpty() ? "" : " " + new java.util.TreeMap<>(output.failed()),
        output.waiting() == 0 ? "" : " + waiting " + output.waiting());
  }
}
