/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.sink.StreamSink;
import io.podtap.sensor.track.Tracker;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
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
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      run(analysis, frame, all, 0);
      run(analysis, frame, all, PACKETS);
      long before = threads.getCurrentThreadAllocatedBytes();
      long nothing = threads.getCurrentThreadAllocatedBytes() - before;
      before = threads.getCurrentThreadAllocatedBytes();
      run(analysis, frame, all, 2 * PACKETS);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;

      assertThat(allocated - nothing).isZero();
    }
  }

  private static void run(Analysis analysis, Frame frame, MemorySegment[] packets, int first) {
    long nowNs = Conversation.START_NS + first * 1_000L;
    for (int i = 0; i < PACKETS; i++) {
      MemorySegment packet = packets[i % packets.length];
      frame.wrap(packet, 0, (int) packet.byteSize(), (int) packet.byteSize(), nowNs);
      analysis.onFrame(frame.origin(LinkType.RAW, 0, false));
      nowNs += 1_000;
    }
  }
}
