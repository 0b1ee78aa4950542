/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import io.podtap.core.config.Endpoint;
import java.util.List;

/**
 * Packets between this process and one remote endpoint, both directions.
 *
 * @param protocol 17 for UDP, 6 for TCP
 * @param remote the sensor
 * @param localPorts ports of this process, whose sockets carry the mark if any does; empty for any,
 *     marked or not, which leaves out everybody's packets to and from that endpoint
 */
public record OwnTraffic(int protocol, Endpoint remote, List<Integer> localPorts) {

  public OwnTraffic {
    localPorts = List.copyOf(localPorts);
  }
}
