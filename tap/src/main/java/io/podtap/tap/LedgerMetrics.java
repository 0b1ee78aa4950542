package io.podtap.tap;

import io.podtap.tap.send.SensorLanes;
import java.util.List;
import java.util.Locale;

/**
 * The ledger as Prometheus' text.
 *
 * @see "Prometheus text exposition format 0.0.4"
 */
final class LedgerMetrics {

  private LedgerMetrics() {}

  /** Returns the ledger in Prometheus' words. */
  static String of(TapIdentity identity, Ledger.Snapshot ledger) {
    StringBuilder out = new StringBuilder();
    out.append("# HELP podtap_tap_info Who this tap is.\n# TYPE podtap_tap_info gauge\n");
    out.append(
        String.format(
            Locale.ROOT,
            "podtap_tap_info{tap=\"%s\",namespace=\"%s\",pod=\"%s\"} 1\n",
            identity.name(),
            escaped(identity.namespace()),
            escaped(identity.pod())));
    type(out, "podtap_tap_frames_total", "Frames of an interface, by what became of them.");
    for (Ledger.InterfaceSnapshot one : ledger.interfaces()) {
      frames(out, one, "seen", one.seen());
      frames(out, one, "dropped", one.droppedByKernel());
      frames(out, one, "filtered", one.filtered());
      frames(out, one, "mirrored", one.mirrored());
      frames(out, one, "shed", one.shed());
      for (Ledger.Count failed : one.failed()) {
        frames(out, one, failed.name(), failed.count());
      }
    }
    type(out, "podtap_tap_frame_bytes_total", "The same in bytes, as far as the kernel says.");
    for (Ledger.InterfaceSnapshot one : ledger.interfaces()) {
      bytes(out, one, "delivered", one.bytes().delivered());
      bytes(out, one, "mirrored", one.bytes().mirrored());
      bytes(out, one, "shed", one.bytes().shed());
      bytes(out, one, "failed", one.bytes().failed());
    }
    type(out, "podtap_tap_cut_packets_total", "Packets that mirrored frames were cut into.");
    for (Ledger.InterfaceSnapshot one : ledger.interfaces()) {
      interfaceLine(out, "podtap_tap_cut_packets_total", one, one.bytes().packets());
    }
    type(out, "podtap_tap_cut_bytes_total", "Bytes of those packets.");
    for (Ledger.InterfaceSnapshot one : ledger.interfaces()) {
      interfaceLine(out, "podtap_tap_cut_bytes_total", one, one.bytes().packetBytes());
    }
    type(out, "podtap_tap_shed_frames_total", "Frames cut to headers or left out by policy.");
    for (Ledger.Count cause : ledger.shed()) {
      line(out, "podtap_tap_shed_frames_total", "cause", cause.name(), cause.count());
    }
    type(out, "podtap_tap_shed_bytes_total", "Bytes of frames left out by policy.");
    out.append("podtap_tap_shed_bytes_total ").append(ledger.shedBytes()).append('\n');
    type(out, "podtap_tap_packets_total", "Packets made after cutting.");
    out.append("podtap_tap_packets_total ").append(ledger.packets()).append('\n');
    type(out, "podtap_tap_packet_bytes_total", "Bytes of packets, by what became of them.");
    line(out, "podtap_tap_packet_bytes_total", "fate", "made", ledger.bytes().made());
    line(out, "podtap_tap_packet_bytes_total", "fate", "sent", ledger.bytes().sent());
    line(out, "podtap_tap_packet_bytes_total", "fate", "waiting", ledger.bytes().waiting());
    line(out, "podtap_tap_packet_bytes_total", "fate", "failed", ledger.bytes().failed());
    type(out, "podtap_tap_all_sent_packets_total", "Packets sent, former sensors included.");
    out.append("podtap_tap_all_sent_packets_total ").append(ledger.sent()).append('\n');
    out.append("# HELP podtap_tap_sensors Sensors that flows are shared among.\n");
    out.append("# TYPE podtap_tap_sensors gauge\n");
    out.append("podtap_tap_sensors ").append(ledger.sensors().size()).append('\n');
    type(out, "podtap_tap_sent_packets_total", "Packets sent to a sensor.");
    for (Ledger.SensorSnapshot sensor : ledger.sensors()) {
      line(out, "podtap_tap_sent_packets_total", "sensor", sensor.address(), sensor.sent());
    }
    tunnels(out, ledger);
    streams(out, ledger);
    type(out, "podtap_tap_failed_packets_total", "Packets that could not be sent, by cause.");
    for (Ledger.Count failed : ledger.failed()) {
      line(out, "podtap_tap_failed_packets_total", "cause", failed.name(), failed.count());
    }
    type(out, "podtap_tap_segment_frames_total", "What had to be done to frames.");
    for (Ledger.Count event : ledger.segment()) {
      line(out, "podtap_tap_segment_frames_total", "event", event.name(), event.count());
    }
    type(out, "podtap_tap_send_calls_total", "Batches handed to the kernel.");
    out.append("podtap_tap_send_calls_total ").append(ledger.calls()).append('\n');
    return out.toString();
  }

  private static void tunnels(StringBuilder out, Ledger.Snapshot ledger) {
    List<Ledger.SensorSnapshot> tunnels =
        ledger.sensors().stream().filter(one -> one.tunnel().isPresent()).toList();
    if (tunnels.isEmpty()) {
      return;
    }
    out.append("# HELP podtap_tap_joined Whether datagrams leave many in one buffer now.\n");
    out.append("# TYPE podtap_tap_joined gauge\n");
    for (Ledger.SensorSnapshot one : tunnels) {
      long joined = one.tunnel().orElseThrow().joined() ? 1 : 0;
      line(out, "podtap_tap_joined", "sensor", one.address(), joined);
    }
    out.append("# HELP podtap_tap_sensor_answering Whether the sensor says it reads a socket.\n");
    out.append("# TYPE podtap_tap_sensor_answering gauge\n");
    for (Ledger.SensorSnapshot one : tunnels) {
      long answering = one.tunnel().orElseThrow().answering() ? 1 : 0;
      line(out, "podtap_tap_sensor_answering", "sensor", one.address(), answering);
    }
    out.append("# HELP podtap_tap_confirmed_packets Packets sent, by what the sensor has said.\n");
    out.append("# TYPE podtap_tap_confirmed_packets gauge\n");
    for (Ledger.SensorSnapshot one : tunnels) {
      SensorLanes.Confirmed confirmed = one.tunnel().orElseThrow().confirmed();
      fate(out, "podtap_tap_confirmed_packets", one, "received", confirmed.received());
      fate(out, "podtap_tap_confirmed_packets", one, "lost", confirmed.lost());
      fate(out, "podtap_tap_confirmed_packets", one, "surplus", confirmed.surplus());
      fate(out, "podtap_tap_confirmed_packets", one, "unconfirmed", confirmed.unconfirmed());
    }
    type(out, "podtap_tap_receipts_total", "What came back from a sensor.");
    for (Ledger.SensorSnapshot one : tunnels) {
      for (Ledger.Count fate : one.tunnel().orElseThrow().receipts()) {
        fate(out, "podtap_tap_receipts_total", one, fate.name(), fate.count());
      }
    }
  }

  private static void fate(
      StringBuilder out, String name, Ledger.SensorSnapshot sensor, String fate, long count) {
    out.append(
        String.format(
            Locale.ROOT,
            "%s{sensor=\"%s\",fate=\"%s\"} %d\n",
            name,
            sensor.address(),
            fate,
            count));
  }

  private static void streams(StringBuilder out, Ledger.Snapshot ledger) {
    List<Ledger.SensorSnapshot> streams =
        ledger.sensors().stream().filter(one -> one.stream().isPresent()).toList();
    if (streams.isEmpty()) {
      return;
    }
    out.append("# HELP podtap_tap_stream_connected Whether there is a connection now.\n");
    out.append("# TYPE podtap_tap_stream_connected gauge\n");
    for (Ledger.SensorSnapshot one : streams) {
      long up = one.stream().orElseThrow().connected() ? 1 : 0;
      line(out, "podtap_tap_stream_connected", "sensor", one.address(), up);
    }
    out.append("# HELP podtap_tap_stream_waiting_packets Packets in the queue.\n");
    out.append("# TYPE podtap_tap_stream_waiting_packets gauge\n");
    for (Ledger.SensorSnapshot one : streams) {
      long waiting = one.stream().orElseThrow().waiting();
      line(out, "podtap_tap_stream_waiting_packets", "sensor", one.address(), waiting);
    }
    type(out, "podtap_tap_stream_connections_total", "Connections made.");
    for (Ledger.SensorSnapshot one : streams) {
      long made = one.stream().orElseThrow().connections();
      line(out, "podtap_tap_stream_connections_total", "sensor", one.address(), made);
    }
    type(out, "podtap_tap_stream_bytes_total", "Bytes of TLS records sent.");
    for (Ledger.SensorSnapshot one : streams) {
      long bytes = one.stream().orElseThrow().bytes();
      line(out, "podtap_tap_stream_bytes_total", "sensor", one.address(), bytes);
    }
  }

  private static void frames(
      StringBuilder out, Ledger.InterfaceSnapshot one, String fate, long count) {
    out.append(
        String.format(
            Locale.ROOT,
            "podtap_tap_frames_total{interface=\"%s\",fate=\"%s\"} %d\n",
            escaped(one.name()),
            fate,
            count));
  }

  private static void bytes(
      StringBuilder out, Ledger.InterfaceSnapshot one, String fate, long count) {
    out.append(
        String.format(
            Locale.ROOT,
            "podtap_tap_frame_bytes_total{interface=\"%s\",fate=\"%s\"} %d\n",
            escaped(one.name()),
            fate,
            count));
  }

  private static void interfaceLine(
      StringBuilder out, String name, Ledger.InterfaceSnapshot one, long count) {
    line(out, name, "interface", escaped(one.name()), count);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static void line(StringBuilder out, String name, String label, String value, long count) {
    out.append(String.format(Locale.ROOT, "%s{%s=\"%s\"} %d\n", name, label, value, count));
  }

  private static void type(StringBuilder out, String name, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(" counter\n");
  }
}
