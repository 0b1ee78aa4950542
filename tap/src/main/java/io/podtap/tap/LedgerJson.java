package io.podtap.tap;

import io.podtap.tap.discover.DiscoveryStatus;
import io.podtap.tap.policy.PolicyLedger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as one JSON document:
 *
 * <pre>
 * {"tap", "pod", "namespace",
 *  "interfaces": [{"name", "seen", "dropped", "filtered", "delivered", "mirrored", "shed",
 *    "failed": {cause: frames}, "delivered_bytes", "mirrored_bytes", "shed_bytes", "failed_bytes",
 *    "packets", "packet_bytes"}],
 *  "segment": {event: frames},
 *  "shed": {cause: frames}, "shed_bytes",
 *  "packets", "sent", "waiting", "failed": {cause: packets},
 *  "packet_bytes", "sent_bytes", "waiting_bytes", "failed_bytes", "calls",
 *  "sensors": [{"address", "datagram_bytes_max", "errors", "lanes": [{"port", "sent"}], "joined",
 *     "answering", "receiver", "confirmed", "received", "lost", "surplus", "unconfirmed",
 *     "receipts": {fate: datagrams}}
 *    or {"address", "connected", "connections", "sent", "waiting", "bytes", "problem"}],
 *  "balanced",
 *  "discovery": {"target", "sensors", "ready", "following", "age_seconds", "requests",
 *    "failures": {cause: attempts}, "problem"},
 *  "policy": {"changed", "refused", "at_next_start",
 *    "events": [{"time", "option", "outcome", "from", "to"}]}}
 * </pre>
 */
public final class LedgerJson {

  private final StringBuilder out = new StringBuilder();

  private LedgerJson() {}

  /** Returns the ledger alone, without who the tap is and without a line's end. */
  public static String of(Ledger.Snapshot ledger) {
    LedgerJson json = new LedgerJson();
    json.out.append('{');
    json.write(ledger);
    return json.out.append('}').toString();
  }

  /**
   * @param discovery null where the sensors are given by address; the document then says nothing of
   *     it
   */
  static String of(
      TapIdentity identity, Ledger.Snapshot ledger, @Nullable DiscoveryStatus discovery) {
    return of(identity, ledger, discovery, null);
  }

  /**
   * As the other.
   *
   * @param policy null where no option can change
   */
  static String of(
      TapIdentity identity,
      Ledger.Snapshot ledger,
      @Nullable DiscoveryStatus discovery,
      PolicyLedger.@Nullable Snapshot policy) {
    LedgerJson json = new LedgerJson();
    json.write(identity);
    json.write(ledger);
    if (discovery != null) {
      json.write(discovery);
    }
    if (policy != null) {
      json.write(policy);
    }
    json.out.append('}');
    return json.out.append('\n').toString();
  }

  private void write(TapIdentity identity) {
    out.append("{\"tap\":").append(quoted(identity.name()));
    out.append(",\"pod\":").append(quoted(identity.pod()));
    out.append(",\"namespace\":").append(quoted(identity.namespace())).append(',');
  }

  private void write(Ledger.Snapshot ledger) {
    out.append("\"interfaces\":[");
    for (Ledger.InterfaceSnapshot one : ledger.interfaces()) {
      separate().append("{\"name\":").append(quoted(one.name()));
      count("seen", one.seen());
      count("dropped", one.droppedByKernel());
      count("filtered", one.filtered());
      count("delivered", one.delivered());
      count("mirrored", one.mirrored());
      count("shed", one.shed());
      counts("failed", one.failed());
      count("delivered_bytes", one.bytes().delivered());
      count("mirrored_bytes", one.bytes().mirrored());
      count("shed_bytes", one.bytes().shed());
      count("failed_bytes", one.bytes().failed());
      count("packets", one.bytes().packets());
      count("packet_bytes", one.bytes().packetBytes());
      out.append('}');
    }
    out.append(']');
    counts("segment", ledger.segment());
    counts("shed", ledger.shed());
    count("shed_bytes", ledger.shedBytes());
    count("packets", ledger.packets());
    count("sent", ledger.sent());
    count("waiting", ledger.waiting());
    counts("failed", ledger.failed());
    count("packet_bytes", ledger.bytes().made());
    count("sent_bytes", ledger.bytes().sent());
    count("waiting_bytes", ledger.bytes().waiting());
    count("failed_bytes", ledger.bytes().failed());
    count("calls", ledger.calls());
    out.append(",\"sensors\":[");
    for (Ledger.SensorSnapshot sensor : ledger.sensors()) {
      separate().append("{\"address\":").append(quoted(sensor.address()));
      if (sensor.stream().isPresent()) {
        write(sensor.stream().get());
        continue;
      }
      count("datagram_bytes_max", sensor.datagramBytesMax());
      count("errors", sensor.asynchronousErrors());
      out.append(",\"lanes\":[");
      for (Ledger.LaneSnapshot lane : sensor.lanes()) {
        separate().append("{\"port\":").append(lane.sourcePort());
        count("sent", lane.sent());
        out.append('}');
      }
      out.append(']');
      sensor.tunnel().ifPresent(this::write);
      out.append('}');
    }
    out.append("],\"balanced\":").append(ledger.balanced());
  }

  /**
   * {@code confirmed = received + lost - surplus}; with the unconfirmed it is all that was sent.
   */
  private void write(Ledger.TunnelSnapshot tunnel) {
    out.append(",\"joined\":").append(tunnel.joined());
    out.append(",\"answering\":").append(tunnel.answering());
    String receiver =
        tunnel.confirmed().receiver() == 0 ? "" : Long.toHexString(tunnel.confirmed().receiver());
    out.append(",\"receiver\":").append(quoted(receiver));
    count("confirmed", tunnel.confirmed().sent());
    count("received", tunnel.confirmed().received());
    count("lost", tunnel.confirmed().lost());
    count("surplus", tunnel.confirmed().surplus());
    count("unconfirmed", tunnel.confirmed().unconfirmed());
    counts("receipts", tunnel.receipts());
  }

  private void write(Ledger.StreamSnapshot stream) {
    out.append(",\"connected\":").append(stream.connected());
    count("connections", stream.connections());
    count("sent", stream.sent());
    count("waiting", stream.waiting());
    count("bytes", stream.bytes());
    out.append(",\"problem\":").append(quoted(stream.problem())).append('}');
  }

  private void write(DiscoveryStatus discovery) {
    out.append(",\"discovery\":{\"target\":").append(quoted(discovery.target()));
    count("sensors", discovery.sensors().size());
    count("ready", discovery.ready());
    out.append(",\"following\":").append(discovery.following());
    count("age_seconds", (long) discovery.ageSeconds(System.nanoTime()));
    count("requests", discovery.requests());
    counts(
        "failures",
        discovery.failures().entrySet().stream()
            .map(one -> new Ledger.Count(DiscoveryText.name(one.getKey()), one.getValue()))
            .toList());
    out.append(",\"problem\":").append(quoted(discovery.problem())).append('}');
  }

  private void write(PolicyLedger.Snapshot policy) {
    out.append(",\"policy\":{\"changed\":").append(policy.changed());
    count("refused", policy.refused());
    count("at_next_start", policy.atNextStart());
    out.append(",\"events\":[");
    for (PolicyLedger.Event event : policy.events()) {
      separate().append("{\"time\":").append(quoted(event.time().toString()));
      out.append(",\"option\":").append(quoted(event.option()));
      out.append(",\"outcome\":")
          .append(quoted(event.outcome().name().toLowerCase(java.util.Locale.ROOT)));
      out.append(",\"from\":").append(quoted(event.from()));
      out.append(",\"to\":").append(quoted(event.to())).append('}');
    }
    out.append("]}");
  }

  /** A comma unless the list or object has just begun. */
  private StringBuilder separate() {
    char last = out.charAt(out.length() - 1);
    return last == '[' || last == '{' ? out : out.append(',');
  }

  private void count(String key, long value) {
    separate().append('"').append(key).append("\":").append(value);
  }

  private void counts(String key, List<Ledger.Count> counts) {
    separate().append('"').append(key).append("\":{");
    for (Ledger.Count count : counts) {
      count(count.name(), count.count());
    }
    out.append('}');
  }

  /** Returns {@code text} as a string of JSON. */
  public static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
