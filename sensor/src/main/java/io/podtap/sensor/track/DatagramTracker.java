/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Udp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.flow.FlowTable;

/**
 * Counts packets of protocols without connections with their flow: UDP, ICMP and all that is known
 * by its number alone. One thread.
 *
 * @see "Zeek's UDPSessionAdapter, ICMPSessionAdapter"
 */
final class DatagramTracker {

  private static final int DATA = 1;
  private static final int RESPONDER_SHIFT = 16;
  private static final int SCALE = 10;

  private final FlowTable table;
  private final FlowHandler handler;
  private final Weirds weirds;
  private final FlowCounter counter;

  DatagramTracker(FlowTable table, FlowHandler handler, Weirds weirds, FlowCounter counter) {
    this.table = table;
    this.handler = handler;
    this.weirds = weirds;
    this.counter = counter;
  }

  /** Takes a UDP datagram whose header is there. */
  void onUdp(Flow flow, FlowEnd end, Packet packet, boolean check) {
    packet.fromOriginator = end == flow.originator();
    boolean unchecked =
        packet.headers.ipVersion() == 4 && Udp.checksum(packet.segment, packet.payloadOffset) == 0;
    if (check && !unchecked && packet.isChecksumBad(IpProtocol.UDP)) {
      weirds.add(Weird.BAD_UDP_CHECKSUM, flow);
      if (++end.checksumErrors == end.checksumErrorsNext) {
        end.checksumErrorsNext *= SCALE;
        flow.addHistory(packet.fromOriginator ? 'C' : 'c');
      }
      return;
    }
    int length = Udp.length(packet.segment, packet.payloadOffset);
    if (length != packet.payloadLength) {
      weirds.add(Weird.UDP_LENGTH_MISMATCH, length + " != " + packet.payloadLength, flow);
    }
    flow.seen(packet.timeNs, packet.clockNs);
    int bit = packet.fromOriginator ? DATA : DATA << RESPONDER_SHIFT;
    if ((flow.historySeen & bit) == 0) {
      flow.historySeen |= bit;
      flow.addHistory(packet.fromOriginator ? 'D' : 'd');
    }
    end.payloadBytes = Math.max(end.payloadBytes, 0) + Math.max(length - Udp.HEADER_LENGTH, 0);
    counter.count(flow, end, packet);
    packet.skip(Udp.HEADER_LENGTH);
    if (flow.isPayloadWanted() && packet.capturedLength > 0) {
      handler.onPayload(
          flow,
          packet.fromOriginator,
          packet.segment,
          packet.payloadOffset,
          packet.payloadCaptured());
      if (flow.lookPeriodNs != 0) {
        table.wakeBy(flow, deadline(flow));
      }
    }
  }

  /** Takes an ICMP message whose header is there. */
  void onIcmp(Flow flow, FlowEnd end, Packet packet, boolean check) {
    int protocol = packet.headers.protocol();
    if (check && packet.isChecksumBad(protocol)) {
      weirds.add(Weird.BAD_ICMP_CHECKSUM, flow);
      return;
    }
    flow.seen(packet.timeNs, packet.clockNs);
    end.payloadBytes =
        Math.max(end.payloadBytes, 0) + packet.payloadLength - Tracker.ICMP_HEADER_LENGTH;
    counter.count(flow, end, packet);
    if (protocol == IpProtocol.ICMPV6) {
      Weird weird = MulticastReport.weird(packet);
      if (weird != null) {
        weirds.add(weird, flow);
      }
    }
  }

  /** Takes a packet of another protocol. */
  void onOther(Flow flow, FlowEnd end, Packet packet) {
    flow.seen(packet.timeNs, packet.clockNs);
    counter.count(flow, end, packet);
  }

  /** Answers the timer of a flow: 0 when it is over, else when to ask again. */
  static long onTimer(Flow flow, long nowNs) {
    long deadlineNs = deadline(flow);
    return deadlineNs <= nowNs ? 0 : deadlineNs;
  }

  /** Returns when a flow is over if nothing comes. */
  private static long deadline(Flow flow) {
    long silentNs = flow.seenNs + flow.inactivityNs;
    if (flow.lookPeriodNs == 0) {
      return silentNs;
    }
    long patientNs = flow.seenNs + flow.lookPeriodNs - Timing.LOOK_SLACK_NS - flow.firstSeenNs;
    long looks = Math.ceilDiv(patientNs, flow.lookPeriodNs);
    return Math.min(silentNs, flow.firstSeenNs + looks * flow.lookPeriodNs);
  }
}
