/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.core.packet.IpProtocol;

/** Address and time in, owner out. Any thread. */
public interface Identities {

  /** Nobody has a name. */
  Identities NONE = (_, _, _, _) -> Owner.UNKNOWN;

  /** In the place of {@link #portOf}: the address, whatever the port. */
  int NO_PORT = 0;

  /**
   * Returns who had an address; {@link Owner#UNKNOWN} when that is not known for certain, never
   * null.
   *
   * @param high upper half of the address, IPv4 as {@code ::ffff:a.b.c.d}
   * @param low lower half
   * @param port transport and port by {@link #portOf} of a responder, which may belong to a pod of
   *     the node's network or be a service's; {@link #NO_PORT} of an originator
   * @param timeNs by the clock of this machine (of a capture file, by the file's), nanoseconds
   *     since 1970
   */
  Owner at(long high, long low, int port, long timeNs);

  /** As above, whatever the port. */
  default Owner at(long high, long low, long timeNs) {
    return at(high, low, NO_PORT, timeNs);
  }

  /** Returns whether who had addresses at a time may still become known. */
  default boolean isBehind(long timeNs) {
    return false;
  }

  /** Returns whether names of a time are the last known ones, as their source does not answer. */
  default boolean isStale(long timeNs) {
    return false;
  }

  /** Returns transport and port as one number; {@link #NO_PORT} where there are no ports. */
  static int portOf(int protocol, int port) {
    return switch (protocol) {
      case IpProtocol.TCP, IpProtocol.UDP -> protocol << 16 | port;
      default -> NO_PORT;
    };
  }
}
