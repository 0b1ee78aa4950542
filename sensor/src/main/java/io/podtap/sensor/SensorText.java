package io.podtap.sensor;

import io.podtap.sensor.taps.TapSummary;
import java.util.Locale;
import java.util.Map;

/**
 * A sensor's counters as Prometheus' text and as one JSON document:
 *
 * <pre>
 * {"datagrams", "bytes", "analysed", "reports", "refused", "overflowed", "malformed": {name: datagrams},
 *  "taps": [{"id", "address", "vni", "known", "received", "lost", "surplus"}]}
 * </pre>
 */
final class SensorText {

  private SensorText() {}

  static String json(Sensor.Snapshot snapshot) {
    ReceiveSummary receive = snapshot.receive();
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "{\"datagrams\":%d,\"bytes\":%d,\"analysed\":%d,\"reports\":%d,\"refused\":%d,\"overflowed\":%d,\"malformed\":{",
            receive.datagrams(),
            receive.bytes(),
            receive.analysed(),
            receive.reports(),
            receive.refused(),
            receive.overflowed()));
    String comma = "";
    for (Map.Entry<String, Long> entry : receive.malformed().entrySet()) {
      out.append(comma).append('"').append(entry.getKey()).append("\":").append(entry.getValue());
      comma = ",";
    }
    out.append("},\"taps\":[");
    comma = "";
    for (TapSummary tap : snapshot.taps()) {
      out.append(comma)
          .append(
              String.format(
                  Locale.ROOT,
                  "{\"id\":\"%s\",\"address\":\"%s\",\"vni\":%d,\"known\":%b,\"received\":%d,\"lost\":%d,\"surplus\":%d}",
                  plain(tap.tap().name()),
                  tap.tap().address(),
                  tap.tap().vni(),
                  tap.tap().isKnown(),
                  tap.received(),
                  tap.lost(),
                  tap.surplus()));
      comma = ",";
    }
    return out.append("]}\n").toString();
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
    type(out, "podtap_sensor_weirds_total", "counter", "Oddities of packets, by Zeek's names.");
    snapshot
        .weirds()
        .forEach((name, count) -> line(out, "podtap_sensor_weirds_total", "name", name, count));
    type(out, "podtap_sensor_flows", "gauge", "Flows under way.");
    out.append("podtap_sensor_flows ").append(snapshot.flows()).append('\n');
    type(out, "podtap_sensor_tap_packets_total", "counter", "Packets of each tap.");
    for (TapSummary tap : snapshot.taps()) {
      tapLine(out, tap, "received", tap.received());
      tapLine(out, tap, "lost", tap.lost());
      tapLine(out, tap, "surplus", tap.surplus());
    }
    return out.toString();
  }

  private static void tapLine(StringBuilder out, TapSummary tap, String fate, long count) {
    out.append(
        String.format(
            Locale.ROOT,
            "podtap_sensor_tap_packets_total{tap=\"%s\",address=\"%s\",vni=\"%d\",fate=\"%s\"} %d\n",
            plain(tap.tap().name()),
            tap.tap().address(),
            tap.tap().vni(),
            fate,
            count));
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
