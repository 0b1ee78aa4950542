package io.podtap.core.filter;

import io.podtap.core.config.Endpoint;
import java.util.List;

/**
 * Packets between this process and one remote endpoint, both directions.
 *
 * @param protocol 17 for UDP, 6 for TCP
 * @param remote the sensor
 * @param localPorts ports of this process; empty for any, which leaves out everybody's packets to
 *     and from that endpoint
 */
public record OwnTraffic(int protocol, Endpoint remote, List<Integer> localPorts) {

  public OwnTraffic {
    localPorts = List.copyOf(localPorts);
  }
}
