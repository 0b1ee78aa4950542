/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.tap.link.SensorLink;
import java.util.List;

/**
 * The seam between cutting frames and what carries the packets: gives each packet a place, wraps it
 * in what the transport needs, and sends. The hot thread; no allocation.
 */
public interface PacketOutput extends PacketPlaces {

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

  /** Ends the frame; returns bytes that its packets were padded with, all together. */
  int end();

  /** Lets everything leave. */
  void flush();

  /** Waits for nothing any more, where it would. Any thread. */
  void stopWaiting();

  /** Returns system calls that packets have left with, those of links left out. */
  long calls();
}
