package io.podtap.tap;

import io.podtap.core.packet.Ethernet;
import io.podtap.core.report.TapReport;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SensorLanes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Says inside the tunnel who the tap is and what it has counted, once per lane that carried
 * something. Runs every ten seconds on the hot thread, between batches; allocates.
 */
final class Reporter {

  /** What a report says of the tap's life. */
  enum State {
    START,
    RUNNING,
    STOP;

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** To all stations of no network: no bridge forwards it, no host takes it for its own. */
  private static final long DESTINATION = 0x01_80_C2_00_00_0EL;

  private static final long SOURCE = 0x02_00_00_00_00_00L;

  private final TapIdentity identity;
  private final String interfaces;
  private final int vni;
  private final Encapsulator encapsulator;
  private final MemorySegment buffer;
  private final long start = new SecureRandom().nextLong() >>> 1;
  private long sequence;
  private Supplier<Map<String, String>> more = Map::of;

  Reporter(
      Arena arena, TapIdentity identity, String interfaces, int vni, Encapsulator encapsulator) {
    this.identity = identity;
    this.interfaces = interfaces;
    this.vni = vni;
    this.encapsulator = encapsulator;
    this.buffer =
        arena.allocate(
            encapsulator.headerLength()
                + Ethernet.HEADER_LENGTH
                + (long) TapReport.PAYLOAD_BYTES_MAX);
  }

  /** Says this too in every report. */
  void also(Supplier<Map<String, String>> values) {
    more = values;
  }

  /**
   * Reports on every lane that carried something. At the start on every lane: a sensor that knows a
   * lane's count before its first packet misses none of its losses.
   */
  void report(State state, List<SensorLanes> sensors, Ledger.Snapshot ledger, long nowNs) {
    for (SensorLanes sensor : sensors) {
      for (int i = 0; i < sensor.count(); i++) {
        if (state == State.START || i == 0 || sensor.lane(i).packetsSent() > 0) {
          send(state, sensor.lane(i), ledger, nowNs);
        }
      }
    }
    sequence++;
  }

  private void send(State state, Lane lane, Ledger.Snapshot ledger, long nowNs) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.START, Long.toString(start));
    values.put(TapReport.SEQUENCE, Long.toString(sequence));
    values.put(TapReport.STATE, state.text());
    values.put(TapReport.VNI, Integer.toString(vni));
    values.put(TapReport.LANE_SENT, Long.toString(lane.packetsSent()));
    values.put(TapReport.SEEN, Long.toString(ledger.sum(Ledger.InterfaceSnapshot::seen)));
    values.put(TapReport.FILTERED, Long.toString(ledger.sum(Ledger.InterfaceSnapshot::filtered)));
    values.put(
        TapReport.DROPPED, Long.toString(ledger.sum(Ledger.InterfaceSnapshot::droppedByKernel)));
    values.put(TapReport.MIRRORED, Long.toString(ledger.sum(Ledger.InterfaceSnapshot::mirrored)));
    values.put(TapReport.FAILED, Long.toString(ledger.failures()));
    values.put(TapReport.SENT, Long.toString(ledger.sent()));
    values.putAll(identity.values());
    values.put(TapReport.INTERFACE, interfaces);
    values.putAll(more.get());
    byte[] payload = new TapReport(values).encode();
    int header = encapsulator.headerLength();
    int length = Ethernet.HEADER_LENGTH + payload.length;
    encapsulator.write(buffer, 0, nowNs, length);
    Ethernet.put(
        buffer,
        header,
        DESTINATION,
        SOURCE | Integer.toUnsignedLong(identity.tapId()),
        Ethernet.TYPE_LOCAL_EXPERIMENTAL);
    MemorySegment.copy(
        payload,
        0,
        buffer,
        ValueLayout.JAVA_BYTE,
        header + (long) Ethernet.HEADER_LENGTH,
        payload.length);
    lane.sendReport(buffer, 0, header + length);
  }
}
