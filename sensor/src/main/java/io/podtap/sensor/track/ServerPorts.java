/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import java.util.BitSet;

/**
 * Ports that a server is likely to use: tells the roles apart when the first packet of a connection
 * was not seen. Which ones they are say the protocols; with Zeek's default scripts the set is
 * called {@code likely_server_ports}. Not changed once made; any thread.
 */
public final class ServerPorts {

  private final BitSet tcp;
  private final BitSet udp;

  /**
   * @param tcp ports of servers over TCP
   * @param udp ports of servers over UDP
   */
  public ServerPorts(int[] tcp, int[] udp) {
    this.tcp = set(tcp);
    this.udp = set(udp);
  }

  private static BitSet set(int[] ports) {
    BitSet set = new BitSet(1 << 16);
    for (int port : ports) {
      set.set(port);
    }
    return set;
  }

  /**
   * Returns whether a person may sit behind a connection to this port, and be silent for long:
   * Zeek's {@code port_inactivity_timeouts}.
   */
  static boolean isInteractive(int port) {
    return port == 21 || port == 22 || port == 23 || port == 513;
  }

  boolean isTcp(int port) {
    return tcp.get(port);
  }

  boolean isUdp(int port) {
    return udp.get(port);
  }
}
