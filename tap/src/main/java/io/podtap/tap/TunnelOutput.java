/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.tap.balance.Rendezvous;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SendQueue;
import io.podtap.tap.send.SensorLanes;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Packets as datagrams of a tunnel: a lane for each flow, batches of equal size. */
public final class TunnelOutput implements PacketOutput {

  /** Tells a sensor of a lane, so that it knows of every packet that it will carry. */
  interface Announcer {

    /** Announces a lane, of which nothing has been sent. */
    void announce(SensorLanes sensor, Lane lane);
  }

  private final Encapsulator encapsulator;
  private final SendQueue queue;
  private final MemorySegment buffer;
  private final int padBytes;
  private Announcer announcer = (sensor, lane) -> {};
  private SensorLanes[] sensors = new SensorLanes[0];

  // The present frame.
  @SuppressWarnings("NullAway.Init") // set by begin
  private SensorLanes sensor;

  @SuppressWarnings("NullAway.Init") // set by begin
  private Lane lane;

  private int flow;
  private int frameBytesMax;
  private long timestampNs;
  private boolean fragment;
  private int padded;

  /**
   * @param padBytes frames are padded to a multiple of this, as far as the path allows; 1 for none
   */
  public TunnelOutput(Encapsulator encapsulator, SendQueue queue, int padBytes) {
    this.encapsulator = encapsulator;
    this.queue = queue;
    this.padBytes = padBytes;
    buffer = queue.buffer();
  }

  /** Lets {@code next} announce each lane before its first packet. */
  void announcer(Announcer next) {
    announcer = next;
  }

  @Override
  public void links(List<SensorLink> links) {
    sensors = links.toArray(SensorLanes[]::new);
  }

  @Override
  public int begin(Frame frame, Headers headers, int flowHash, int position, int linkBytes) {
    sensor = sensors[position];
    lane = sensor.lane(Rendezvous.lane(flowHash, sensor.lanesInUse()));
    if (!lane.isAnnounced()) {
      lane.announced();
      announcer.announce(sensor, lane);
    }
    flow = flowHash;
    timestampNs = frame.timestampNs();
    frameBytesMax = sensor.datagramBytesMax() - encapsulator.headerLength();
    padded = 0;
    fragment = headers.isFragment();
    if (fragment) { // without ports: a flow of its own to us, not to its ends
      queue.barrier();
    }
    return frameBytesMax;
  }

  @Override
  public MemorySegment buffer() {
    return buffer;
  }

  @Override
  public long place(int length, int originalLength, boolean whole) {
    int outerBytes = encapsulator.headerLength();
    int padding = whole ? padding(length) : 0;
    padded += padding;
    long at = queue.reserve(lane, flow, outerBytes + length + padding);
    encapsulator.write(buffer, at, timestampNs, originalLength);
    Bytes.clear(buffer, at + outerBytes + length, padding);
    return at + outerBytes;
  }

  /** An Ethernet frame may be longer than its packet says; the lengths inside stay true. */
  private int padding(int length) {
    int over = length % padBytes;
    return over == 0 ? 0 : Math.max(Math.min(padBytes - over, frameBytesMax - length), 0);
  }

  @Override
  public int end() {
    if (fragment) {
      queue.barrier();
    }
    return padded;
  }

  @Override
  public void flush() {
    queue.flush();
  }

  @Override
  public void stopWaiting() {
    // the kernel never lets it wait
  }

  @Override
  public long calls() {
    return queue.calls();
  }
}
