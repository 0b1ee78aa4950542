/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.tap.link.SensorLink;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The seam between cutting frames and what carries the packets: gives each packet a place, wraps it
 * in what the transport needs, and sends. The hot thread; no allocation.
 */
interface PacketOutput {

  /** {@link #place} has none, and has counted why. */
  long NO_PLACE = -1;

  /** Uses these links from the next frame on, by their positions. */
  void links(List<SensorLink> links);

  /**
   * Begins a frame.
   *
   * @param sensor position of its sensor's link
   * @param linkBytes bytes of the link-layer header that each packet gets
   * @return bytes that link-layer header and packet may have together
   */
  int begin(Frame frame, Headers headers, int flow, int sensor, int linkBytes);

  /** Returns the memory that {@link #place} gives places in, from {@link #begin} on. */
  MemorySegment buffer();

  /**
   * Gives the frame's next packet its place. The caller writes exactly {@code length} bytes there.
   *
   * @param length of link-layer header and packet
   * @param originalLength of both before anything was cut off
   * @param whole whether the packet was not cut short by the tap
   * @return where in {@link #buffer}, or {@link #NO_PLACE}
   */
  long place(int length, int originalLength, boolean whole);

  /** Ends the frame; returns bytes that its packets were padded with, all together. */
  int end();

  /** Lets everything leave. */
  void flush();

  /** Waits for nothing any more, where it would. Any thread. */
  void stopWaiting();

  /** Returns system calls that packets have left with, those of links left out. */
  long calls();
}
