/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Socket options by number: for setting up, not for the hot path. */
final class SocketOptions {

  static final int SOL_IP = 0;
  static final int SOL_SOCKET = 1;
  static final int SOL_TCP = 6;
  static final int SOL_UDP = 17;
  static final int SOL_IPV6 = 41;
  static final int SOL_PACKET = 263;

  static final int SO_ERROR = 4;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_KEEPALIVE = 9;
  static final int SO_NO_CHECK = 11;
  static final int SO_REUSEPORT = 15;
  static final int SO_BINDTODEVICE = 25;
  static final int SO_ATTACH_FILTER = 26;
  static final int SO_SNDBUFFORCE = 32;
  static final int SO_RCVBUFFORCE = 33;
  static final int SO_TIMESTAMPNS = 35;
  static final int SO_MARK = 36;
  static final int SO_RXQ_OVFL = 40;

  static final int IP_PKTINFO = 8;
  static final int IP_MTU_DISCOVER = 10;
  static final int IP_MTU = 14;
  static final int IPV6_CHECKSUM = 7;
  static final int IPV6_MTU_DISCOVER = 23;
  static final int IPV6_MTU = 24;
  static final int IPV6_V6ONLY = 26;
  static final int IPV6_RECVPKTINFO = 49;
  static final int IPV6_PKTINFO = 50;
  static final int PMTUDISC_DO = 2;

  static final int TCP_NODELAY = 1;
  static final int TCP_KEEPIDLE = 4;
  static final int TCP_KEEPINTVL = 5;
  static final int TCP_KEEPCNT = 6;

  static final int UDP_SEGMENT = 103;
  static final int UDP_GRO = 104;

  static final int PACKET_RX_RING = 5;
  static final int PACKET_STATISTICS = 6;
  static final int PACKET_VERSION = 10;
  static final int PACKET_VNET_HDR = 15;

  private SocketOptions() {}

  /** Sets an option; 0 or a positive errno. */
  static int set(int fd, int level, int name, MemorySegment value, int length) {
    return -Linux.setsockopt(Linux.errno(), fd, level, name, value, length);
  }

  /** Sets an option of type {@code int}; 0 or a positive errno. */
  static int set(int fd, int level, int name, int value) {
    try (Arena arena = Arena.ofConfined()) {
      return set(fd, level, name, arena.allocateFrom(JAVA_INT, value), Integer.BYTES);
    }
  }

  /**
   * Sets an option of type {@code int}.
   *
   * @param text the option's name and value for the message
   */
  static void require(int fd, int level, int name, int value, String text) {
    int errno = set(fd, level, name, value);
    if (errno != 0) {
      throw new LinuxException("setsockopt(" + text + ", " + value + ")", errno);
    }
  }

  /** Reads an option into {@code value}; 0 or a positive errno. */
  static int get(int fd, int level, int name, MemorySegment value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
      return -Linux.getsockopt(Linux.errno(), fd, level, name, value, length);
    }
  }

  /** Returns an option of type {@code int}, or {@code -errno}. */
  static int get(int fd, int level, int name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      int errno = get(fd, level, name, value);
      return errno != 0 ? -errno : value.get(JAVA_INT, 0);
    }
  }

  /**
   * Sets a buffer's size, past the system's limit when {@code CAP_NET_ADMIN} is held.
   *
   * @return the size that the kernel now has: it doubles what it is asked for, as room for its own
   *     bookkeeping
   */
  static int bufferBytes(int fd, int forced, int plain, int bytes) {
    if (set(fd, SOL_SOCKET, forced, bytes) != 0) {
      set(fd, SOL_SOCKET, plain, bytes);
    }
    return get(fd, SOL_SOCKET, plain);
  }
}
