/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

import io.podtap.core.report.Nonces;
import io.podtap.core.report.ReportFrame;
import io.podtap.core.report.TapReport;
import io.podtap.core.report.TunnelProbe;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.ReceiptParser;
import io.podtap.tap.send.SensorLanes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Says inside the tunnel who the tap is and what it has counted, once per lane that carried
 * something, and asks in between whether the sensor reads a socket ({@link TunnelProbe}). The hot
 * thread, a few times a second at most; allocates.
 */
public final class Reporter {

  private final ReportText text;
  private final int tapId;
  private final Encapsulator encapsulator;
  private final boolean geneve;
  private final MemorySegment buffer;
  private final ReceiptParser receipts;
  private final Nonces nonces = new Nonces();
  private long sequence;

  /**
   * @param arena holds the buffer of reports; the caller's
   */
  public Reporter(
      Arena arena,
      ReportText text,
      int tapId,
      Encapsulator encapsulator,
      EncapsulationSettings tunnel) {
    geneve = tunnel.encapsulation() == Encapsulation.GENEVE;
    receipts = new ReceiptParser(geneve, tunnel.vni());
    this.text = text;
    this.tapId = tapId;
    this.encapsulator = encapsulator;
    this.buffer =
        arena.allocate(
            encapsulator.headerLength()
                + ReportFrame.headerLength(geneve)
                + (long) TapReport.PAYLOAD_BYTES_MAX);
  }

  /**
   * Reports on every lane that carried something, and on the first one of each sensor. A lane that
   * carries its first packet is announced before: a sensor that knows a lane's count before its
   * first packet misses none of its losses.
   */
  public void report(
      ReportText.State state, List<SensorLink> sensors, Ledger.Snapshot ledger, long nowNs) {
    for (SensorLink link : sensors) {
      SensorLanes sensor = (SensorLanes) link;
      for (int i = 0; i < sensor.count(); i++) {
        Lane lane = sensor.lane(i);
        if (i == 0 || lane.packetsSent() > 0) {
          boolean isNew = !lane.isAnnounced();
          lane.announced();
          send(state, lane, ledger, nowNs);
          if (isNew) {
            probe(
                lane, nowNs); // before its first packet: the sensor's count is known from there on
          }
        }
      }
    }
    sequence++;
  }

  /** Reports on a lane before its first packet, and asks the sensor what it has got of it. */
  public void announce(Lane lane, Ledger.Snapshot ledger, long nowNs) {
    send(ReportText.State.RUNNING, lane, ledger, nowNs);
    probe(lane, nowNs);
    sequence++;
  }

  /** Reads what has come back from the sensors, and asks those that are to be asked. */
  public void attend(List<SensorLink> sensors, long nowNs) {
    for (SensorLink link : sensors) {
      SensorLanes sensor = (SensorLanes) link;
      sensor.attend(nowNs, receipts);
      if (sensor.isProbeDue(nowNs)) {
        probe(sensor, nowNs);
      }
    }
  }

  /** Asks on each lane of a sensor that it makes sense for. */
  public void probe(SensorLanes sensor, long nowNs) {
    for (int i = 0; i < sensor.count(); i++) {
      if (sensor.isProbeUseful(i)) {
        probe(sensor.lane(i), nowNs);
      }
    }
  }

  private void probe(Lane lane, long nowNs) {
    long nonce = nonces.next();
    int length = begin(nowNs, TunnelProbe.LENGTH);
    TunnelProbe.put(buffer, (long) length - TunnelProbe.LENGTH, nonce);
    lane.sendProbe(buffer, 0, length, nonce, nowNs);
  }

  private void send(ReportText.State state, Lane lane, Ledger.Snapshot ledger, long nowNs) {
    byte[] payload = text.encode(state, sequence, lane.packetsSent(), ledger.sent(), ledger);
    int length = begin(nowNs, payload.length);
    MemorySegment.copy(
        payload, 0, buffer, ValueLayout.JAVA_BYTE, (long) length - payload.length, payload.length);
    lane.sendReport(buffer, 0, length);
  }

  /** Writes the headers in front of a payload; returns bytes of the datagram. */
  private int begin(long nowNs, int payloadBytes) {
    int header = encapsulator.headerLength();
    int length = ReportFrame.headerLength(geneve) + payloadBytes;
    encapsulator.write(buffer, 0, nowNs, length);
    ReportFrame.put(buffer, header, geneve, tapId, payloadBytes);
    return header + length;
  }
}
