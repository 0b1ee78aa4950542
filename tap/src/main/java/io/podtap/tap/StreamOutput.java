/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.pcap.PacketBlock;
import io.podtap.tap.link.FailureCause;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.stream.SensorStream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Packets as blocks of a pcapng stream. What a queue has no place for is dropped and counted; only
 * a capture file, which can wait, does so.
 *
 * <p>A stream has no path MTU. Super-frames are cut as their interface would have: at the size that
 * the kernel says, and never longer than the MTU. What is no super-frame stays as it is.
 */
public final class StreamOutput implements PacketOutput {

  /** An IP packet behind a link-layer header with two VLAN tags. */
  private static final int FRAME_BYTES_MAX = 65_535 + Ethernet.HEADER_LENGTH + 8;

  private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int WAITS_MAX = 10_000;

  private final FailureCounters failures;
  private final int[] mtus;
  private final boolean patient;
  private volatile boolean hurried;
  private SensorStream[] streams = new SensorStream[0];

  // The present frame.
  @SuppressWarnings("NullAway.Init") // set by begin
  private SensorStream stream;

  private MemorySegment buffer = MemorySegment.NULL;
  private int interfaceIndex;
  private long timestampNs;
  private boolean outgoing;

  /**
   * @param mtus of the interfaces; 0 where nothing is known
   * @param patient whether frames can wait for a place
   */
  public StreamOutput(FailureCounters failures, int[] mtus, boolean patient) {
    this.failures = failures;
    this.mtus = mtus.clone();
    this.patient = patient;
  }

  @Override
  public void links(List<SensorLink> links) {
    streams = links.toArray(SensorStream[]::new);
  }

  @Override
  public int begin(Frame frame, Headers headers, int flow, int sensor, int linkBytes) {
    stream = streams[sensor];
    buffer = stream.memory();
    interfaceIndex = frame.interfaceIndex();
    timestampNs = frame.timestampNs();
    outgoing = frame.isOutgoing();
    int mtu = mtus[interfaceIndex];
    return frame.gsoType() == Frame.GSO_NONE || mtu == 0
        ? FRAME_BYTES_MAX
        : Math.min(mtu + linkBytes, FRAME_BYTES_MAX);
  }

  @Override
  public MemorySegment buffer() {
    return buffer;
  }

  @Override
  public long place(int length, int originalLength, boolean whole) {
    int blockBytes = PacketBlock.length(length);
    long at = stream.reserve(blockBytes, length);
    if (at == SensorStream.NO_PLACE && patient) {
      at = await(blockBytes, length);
    }
    if (at == SensorStream.NO_PLACE) {
      failures.add(
          stream.isConnected() ? FailureCause.QUEUE_FULL : FailureCause.NO_CONNECTION, 1, length);
      return NO_PLACE;
    }
    return PacketBlock.put(
        buffer, at, interfaceIndex, timestampNs, length, originalLength, outgoing);
  }

  private long await(int blockBytes, int length) {
    stream.publish();
    long at = SensorStream.NO_PLACE;
    for (int i = 0; at == SensorStream.NO_PLACE && i < WAITS_MAX && !hurried; i++) {
      LockSupport.parkNanos(WAIT_NS);
      at = stream.reserve(blockBytes, length);
    }
    return at;
  }

  @Override
  public int end() {
    return 0;
  }

  @Override
  public void flush() {
    for (SensorStream one : streams) {
      one.publish();
    }
  }

  @Override
  public void stopWaiting() {
    hurried = true;
  }

  @Override
  public long calls() {
    return 0;
  }
}
