/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/** A protocol over UDP that the sensor understands; see {@link StreamProtocol}. */
public interface DatagramProtocol {

  /** Returns what it is called, and found as. */
  Service service();

  /** Makes the parser of one flow, which is fed from the first datagram on that looks like it. */
  DatagramParser begin(Session session);
}
