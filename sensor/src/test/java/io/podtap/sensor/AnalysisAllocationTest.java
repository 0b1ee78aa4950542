/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.core.testing.Allocation;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.sink.StreamSink;
import io.podtap.sensor.track.Tracker;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Packets of flows that are under way allocate nothing, from headers to the flow's counters. */
class AnalysisAllocationTest {

  private static final int PACKETS = 20_000;

  @Test
  void allocatesNothingForPacketsOfEstablishedFlows() {
    byte[] request = Conversation.tcp(true, 9_999, 0x18, 0, 0, 100);
    byte[] answer = Conversation.tcp(false, 9_999, 0x18, 0, 0, 100);
    byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[40]);
    Frame frame = new Frame();
    try (Analysis analysis =
        new Analysis(
            new Tracker.Settings(1_000, false, 1),
            new StreamSink(OutputStream.nullOutputStream(), new JsonFormat(), () -> 0),
            /* tapName= */ null)) {
      MemorySegment[] all = {
        MemorySegment.ofArray(request),
        MemorySegment.ofArray(answer),
        MemorySegment.ofArray(datagram)
      };
      long[] nowNs = {Conversation.START_NS};
      int[] count = new int[1];
      long allocated =
          Allocation.ofWarm(
              PACKETS,
              () -> {
                MemorySegment packet = all[count[0]++ % all.length];
                int length = (int) packet.byteSize();
                frame.wrap(packet, 0, length, length, nowNs[0]);
                analysis.onFrame(frame.origin(LinkType.RAW, 0, false));
                nowNs[0] += 1_000;
              });

      assertThat(allocated).isZero();
    }
  }
}
