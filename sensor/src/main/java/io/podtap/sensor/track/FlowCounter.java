/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;

/** Counts packets with their end, and what of them was cut. One thread. */
final class FlowCounter {

  private long cutPackets;
  private long cutBytes;

  /** Counts a packet by its own word for its length. */
  void count(Flow flow, FlowEnd end, Packet packet) {
    end.packets++;
    end.ipBytes += packet.ipLength;
    packet.counted = true;
    if (packet.isCut()) {
      int cut = packet.payloadLength - packet.capturedLength;
      flow.cutBytes += cut;
      cutPackets++;
      cutBytes += cut;
    }
  }

  long cutPackets() {
    return cutPackets;
  }

  long cutBytes() {
    return cutBytes;
  }
}
