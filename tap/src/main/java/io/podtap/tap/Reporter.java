package io.podtap.tap;

import io.podtap.core.packet.Ethernet;
import io.podtap.core.report.TapReport;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SensorLanes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Says inside the tunnel who the tap is and what it has counted, once per lane that carried
 * something. Runs every ten seconds on the hot thread, between batches; allocates.
 */
final class Reporter {

  /** To all stations of no network: no bridge forwards it, no host takes it for its own. */
  private static final long DESTINATION = 0x01_80_C2_00_00_0EL;

  private static final long SOURCE = 0x02_00_00_00_00_00L;

  private final ReportText text;
  private final int tapId;
  private final Encapsulator encapsulator;
  private final MemorySegment buffer;
  private long sequence;

  Reporter(Arena arena, ReportText text, int tapId, Encapsulator encapsulator) {
    this.text = text;
    this.tapId = tapId;
    this.encapsulator = encapsulator;
    this.buffer =
        arena.allocate(
            encapsulator.headerLength()
                + Ethernet.HEADER_LENGTH
                + (long) TapReport.PAYLOAD_BYTES_MAX);
  }

  /**
   * Reports on every lane that carried something. At the start on every lane: a sensor that knows a
   * lane's count before its first packet misses none of its losses.
   */
  void report(
      ReportText.State state, List<SensorLink> sensors, Ledger.Snapshot ledger, long nowNs) {
    for (SensorLink link : sensors) {
      SensorLanes sensor = (SensorLanes) link;
      for (int i = 0; i < sensor.count(); i++) {
        if (state == ReportText.State.START || i == 0 || sensor.lane(i).packetsSent() > 0) {
          send(state, sensor.lane(i), ledger, nowNs);
        }
      }
    }
    sequence++;
  }

  private void send(ReportText.State state, Lane lane, Ledger.Snapshot ledger, long nowNs) {
    byte[] payload = text.encode(state, sequence, lane.packetsSent(), ledger.sent(), ledger);
    int header = encapsulator.headerLength();
    int length = Ethernet.HEADER_LENGTH + payload.length;
    encapsulator.write(buffer, 0, nowNs, length);
    Ethernet.put(
        buffer,
        header,
        DESTINATION,
        SOURCE | Integer.toUnsignedLong(tapId),
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
