package io.podtap.cli.ledger;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a running program answers on its metrics port.
 *
 * @see "Prometheus text exposition format 0.0.4"
 */
final class MetricsStatements {

  private static final Pattern SAMPLE =
      Pattern.compile("(podtap_\\w+)(?:\\{(.*)\\})? (-?[0-9]{1,18})");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Set<String> FATES =
      Set.of("seen", "dropped", "filtered", "mirrored", "shed");

  private final String source;
  private final Map<String, Counts> interfaces = new LinkedHashMap<>();
  private final Counts packets = new Counts();
  private final Map<String, SensorAccount> sensors = new LinkedHashMap<>();
  private String tap;
  private String pod = "";

  private MetricsStatements(String source) {
    this.source = source;
    tap = source;
  }

  /** Adds what the text says. */
  static void read(String source, String text, Statements statements) {
    MetricsStatements read = new MetricsStatements(source);
    text.lines().forEach(read::readLine);
    if (!read.interfaces.isEmpty()) {
      TapAccount account = new TapAccount(read.tap, read.pod, false);
      read.interfaces.forEach((name, counts) -> account.ofInterface(name).add(counts));
      account.packets().add(read.packets);
      statements.taps().add(account);
    }
    statements.sensors().addAll(read.sensors.values());
  }

  private void readLine(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      return;
    }
    Map<String, String> labels = new HashMap<>();
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2));
      while (label.find()) {
        labels.put(label.group(1), label.group(2).replaceAll("\\\\(.)", "$1"));
      }
    }
    add(sample.group(1), labels, Long.parseLong(sample.group(3)));
  }

  private void add(String name, Map<String, String> labels, long count) {
    String fate = labels.getOrDefault("fate", "");
    Counts ofInterface =
        labels.containsKey("interface")
            ? interfaces.computeIfAbsent(labels.get("interface"), _ -> new Counts())
            : new Counts();
    switch (name) {
      case "podtap_tap_info" -> {
        tap = labels.getOrDefault("tap", source);
        String namespace = labels.getOrDefault("namespace", "");
        pod = (namespace.isEmpty() ? "" : namespace + '/') + labels.getOrDefault("pod", "");
      }
      case "podtap_tap_frames_total" ->
          ofInterface.add(FATES.contains(fate) ? fate : "failed", count);
      case "podtap_tap_frame_bytes_total" -> ofInterface.add(fate + "_bytes", count);
      case "podtap_tap_cut_packets_total" -> ofInterface.add("packets", count);
      case "podtap_tap_cut_bytes_total" -> ofInterface.add("packet_bytes", count);
      case "podtap_tap_packets_total" -> packets.add("packets", count);
      case "podtap_tap_all_sent_packets_total" -> packets.add("sent", count);
      case "podtap_tap_failed_packets_total" -> packets.add("failed", count);
      case "podtap_tap_stream_waiting_packets" -> packets.add("waiting", count);
      case "podtap_tap_packet_bytes_total" ->
          packets.add(fate.equals("made") ? "packet_bytes" : fate + "_bytes", count);
      case "podtap_sensor_tap_packets", "podtap_gateway_tap_packets" ->
          sensor(labels).counts().add(fate, count);
      case "podtap_sensor_tap_received_bytes", "podtap_gateway_tap_received_bytes" ->
          sensor(labels).counts().add("received_bytes", count);
      default -> {}
    }
  }

  private SensorAccount sensor(Map<String, String> labels) {
    String vni = labels.getOrDefault("vni", "");
    String from = labels.getOrDefault("address", "");
    from = vni.startsWith("-") ? SensorAccount.from(from, -1) : from + " VNI " + vni;
    String id = labels.getOrDefault("tap", from);
    String where = from;
    return sensors.computeIfAbsent(
        id + ' ' + from, _ -> new SensorAccount(source, id, where, new Counts()));
  }
}
