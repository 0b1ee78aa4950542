/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static io.podtap.core.linux.SocketOptions.SOL_IPV6;
import static io.podtap.core.linux.SocketOptions.SOL_SOCKET;

import io.podtap.core.config.Endpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sends UDP over IPv6 with checksums that are complete when a datagram leaves this socket, whatever
 * the device offers to do: on a device that offers it, the kernel leaves a UDP socket's checksums
 * unfinished, and between network namespaces of one machine nobody ever finishes them. Over IPv4 a
 * tunnel may go without ({@link UdpSocket#noChecksum}), over IPv6 most receivers refuse that.
 *
 * <p>A raw socket beside the UDP socket that owns the port: headers are the caller's ({@link
 * SendBatch}), the kernel sums while it copies. It receives nothing. Needs {@code CAP_NET_RAW}. One
 * thread.
 *
 * @see "RFC 8200 section 8.1; RFC 3542 section 3.1 (IPV6_CHECKSUM); net/ipv6/raw.c
 *     (rawv6_push_pending_frames)"
 */
public final class RawUdpSocket implements AutoCloseable {

  static final int HEADER_LENGTH = 8;

  private static final int SOCK_RAW_CLOEXEC = 0x8_0003;
  private static final int PROTOCOL_UDP = 17;

  /** Where in the UDP header the checksum stands. */
  private static final int CHECKSUM_OFFSET = 6;

  private final Descriptor descriptor;
  private final int sourcePort;
  private final int destinationPort;

  /**
   * Opens a socket that sends to {@code remote}, Don't Fragment set.
   *
   * @param sourcePort taken by a UDP socket, which hears answers
   * @param mark as {@link UdpSocket#mark}, 0 for none
   * @throws LinuxException {@code EPERM} without the capability
   */
  public RawUdpSocket(Endpoint remote, int sourcePort, int mark, int sendBufferBytes) {
    this.sourcePort = sourcePort;
    this.destinationPort = remote.port();
    descriptor =
        new Descriptor(
            Linux.socket(Linux.errno(), SocketAddress.AF_INET6, SOCK_RAW_CLOEXEC, PROTOCOL_UDP),
            "socket(AF_INET6, SOCK_RAW, UDP)",
            "CAP_NET_RAW");
    int fd = descriptor.fd();
    try {
      ClassicBpf.attach(fd, new long[] {ClassicBpf.RETURN_NOTHING});
      if (mark != 0) {
        SocketOptions.set(fd, SOL_SOCKET, SocketOptions.SO_MARK, mark);
      }
      SocketOptions.bufferBytes(
          fd, SocketOptions.SO_SNDBUFFORCE, SocketOptions.SO_SNDBUF, sendBufferBytes);
      SocketOptions.require(
          fd, SOL_IPV6, SocketOptions.IPV6_CHECKSUM, CHECKSUM_OFFSET, "IPV6_CHECKSUM");
      SocketOptions.require(
          fd,
          SOL_IPV6,
          SocketOptions.IPV6_MTU_DISCOVER,
          SocketOptions.PMTUDISC_DO,
          "IPV6_MTU_DISCOVER");
      connect(fd, remote);
    } catch (LinuxException e) {
      descriptor.close();
      throw e;
    }
  }

  /** The port of a raw socket's address is a protocol: 0 for the present one. */
  private static void connect(int fd, Endpoint remote) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment address = call.allocate(SocketAddress.LENGTH_MAX, 4);
      int length = SocketAddress.put(address, new Endpoint(remote.address(), 0), true);
      int result = Linux.connect(Linux.errno(), fd, address, length);
      if (result < 0) {
        throw new LinuxException("connect(" + remote.address() + ", UDP)", -result);
      }
    }
  }

  int fd() {
    return descriptor.fd();
  }

  int sourcePort() {
    return sourcePort;
  }

  int destinationPort() {
    return destinationPort;
  }

  /** Closes the descriptor; a second call does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
