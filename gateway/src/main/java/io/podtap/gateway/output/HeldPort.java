/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.UdpSocket;
import java.net.Inet6Address;
import org.jspecify.annotations.Nullable;

/**
 * A local port that is taken so that datagrams to it draw no ICMP error, and that nothing is read
 * from: those who want them look at the interface.
 */
final class HeldPort implements AutoCloseable {

  /** No port. */
  static final HeldPort NONE = new HeldPort(null);

  private final @Nullable UdpSocket socket;

  private HeldPort(@Nullable UdpSocket socket) {
    this.socket = socket;
  }

  /** Takes a port, unless somebody has it: a program that reads it, or a device of the kernel. */
  static HeldPort take(Endpoint endpoint) {
    UdpSocket socket = UdpSocket.open(endpoint.address() instanceof Inet6Address);
    try {
      socket.discardAll();
      return new HeldPort(socket.bind(endpoint));
    } catch (LinuxException e) {
      socket.close();
      return NONE;
    }
  }

  /** Gives the port back. */
  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
