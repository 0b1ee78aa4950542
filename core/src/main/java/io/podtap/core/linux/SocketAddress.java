/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import io.podtap.core.config.Endpoint;
import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct sockaddr_in} and {@code struct sockaddr_in6}.
 *
 * <pre>
 * sockaddr_in : family:16 (host order) port:16 address:32 zero:64                       16 bytes
 * sockaddr_in6: family:16 (host order) port:16 flow:32 address:128 scope:32 (host order) 28 bytes
 * </pre>
 */
final class SocketAddress {

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  /** Bytes of the larger one. */
  static final int LENGTH_MAX = 28;

  private static final int LENGTH_INET = 16;
  private static final int PORT = 2;
  private static final int INET_ADDRESS = 4;
  private static final int INET6_ADDRESS = 8;
  private static final long MAPPED_PREFIX = 0xFFFFL << 32;

  private SocketAddress() {}

  /**
   * Opens a socket of a family that {@link #put} writes addresses of.
   *
   * @param type with its flags
   * @param text the type for the message
   */
  static Descriptor open(boolean ipv6, int type, String text) {
    return new Descriptor(
        Linux.socket(Linux.errno(), ipv6 ? AF_INET6 : AF_INET, type, 0),
        "socket(" + (ipv6 ? "AF_INET6, " : "AF_INET, ") + text + ")",
        "");
  }

  /**
   * Writes an address of the socket's family; an IPv4 address becomes IPv4-mapped on an IPv6
   * socket.
   *
   * @return bytes written
   */
  static int put(MemorySegment target, Endpoint endpoint, boolean ipv6) {
    byte[] address = ipv6 ? endpoint.addressAsIpv6() : endpoint.address().getAddress();
    if (!ipv6 && address.length != 4) {
      throw new IllegalArgumentException(endpoint + " on an IPv4 socket");
    }
    target.asSlice(0, ipv6 ? LENGTH_MAX : LENGTH_INET).fill((byte) 0);
    target.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
    Bytes.putU16(target, PORT, endpoint.port());
    MemorySegment.copy(
        address,
        0,
        target,
        ValueLayout.JAVA_BYTE,
        ipv6 ? INET6_ADDRESS : INET_ADDRESS,
        address.length);
    return ipv6 ? LENGTH_MAX : LENGTH_INET;
  }

  static int port(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + PORT);
  }

  /** Returns the first eight bytes of the address, widened to IPv6. */
  static long high(MemorySegment segment, long offset) {
    return isInet6(segment, offset) ? Bytes.i64(segment, offset + INET6_ADDRESS) : 0;
  }

  /** Returns the last eight bytes of the address, widened to IPv6. */
  static long low(MemorySegment segment, long offset) {
    return isInet6(segment, offset)
        ? Bytes.i64(segment, offset + INET6_ADDRESS + 8)
        : MAPPED_PREFIX | Bytes.u32(segment, offset + INET_ADDRESS);
  }

  private static boolean isInet6(MemorySegment segment, long offset) {
    return segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset) == AF_INET6;
  }
}
