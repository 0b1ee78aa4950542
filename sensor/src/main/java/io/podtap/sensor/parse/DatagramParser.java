/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * Follows what the datagrams of one flow carry, in one protocol: one object for each flow. The same
 * rules as for {@link StreamParser}.
 */
public interface DatagramParser {

  /**
   * Takes one datagram.
   *
   * @param data valid during the call
   */
  void onDatagram(boolean fromOriginator, Payload data);

  /** Writes what is left to write: the flow is over. Called once, also after a violation. */
  void onFlowEnd();
}
