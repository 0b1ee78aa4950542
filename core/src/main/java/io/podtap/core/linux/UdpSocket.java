/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static io.podtap.core.linux.SocketOptions.SOL_IP;
import static io.podtap.core.linux.SocketOptions.SOL_IPV6;
import static io.podtap.core.linux.SocketOptions.SOL_SOCKET;
import static io.podtap.core.linux.SocketOptions.SOL_UDP;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.podtap.core.config.Endpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * A UDP socket with the options that tunnels need.
 *
 * <p>Setting up throws {@link LinuxException}; sending returns an errno. An IPv6 socket reaches
 * IPv4 addresses too (as IPv4-mapped ones). One thread at a time; lives in the network namespace of
 * the thread that opened it; {@link #close} gives the descriptor back.
 *
 * @see "udp(7), ip(7), ipv6(7), socket(7); linux/udp.h (UDP_SEGMENT, UDP_GRO)"
 */
public final class UdpSocket implements AutoCloseable {

  /** Payload bytes of one call at most, UDP's own limit over IPv4. */
  public static final int PAYLOAD_BYTES_MAX = 65_507;

  /** Datagrams of one segmented call at most (Linux 6.9). */
  public static final int SEGMENTS_MAX = 128;

  /** Datagrams of one segmented call that every kernel takes. */
  public static final int SEGMENTS_ALWAYS = 64;

  static final int SOCK_DGRAM_CLOEXEC = 0x8_0002;

  /** {@code CMSG_SPACE(sizeof(uint16_t))}. */
  private static final int CONTROL_SPACE = 24;

  private static final int SEND_FLAGS = MessageHeaders.MSG_DONTWAIT | MessageHeaders.MSG_NOSIGNAL;

  private final Descriptor descriptor;
  private final int fd;
  private final MemorySegment errno;
  private final MemorySegment plain;
  private final MemorySegment segmented;
  private final MemorySegment vector;
  private final MemorySegment control;
  private final boolean ipv6;

  private UdpSocket(Descriptor descriptor, boolean ipv6) {
    this.descriptor = descriptor;
    this.ipv6 = ipv6;
    fd = descriptor.fd();
    errno = descriptor.errno();
    Arena arena = descriptor.arena();
    plain = arena.allocate(MessageHeaders.MESSAGE_LENGTH, 8);
    segmented = arena.allocate(MessageHeaders.MESSAGE_LENGTH, 8);
    vector = arena.allocate(MessageHeaders.VECTOR_LENGTH, 8);
    control = arena.allocate(CONTROL_SPACE, 8);
    MessageHeaders.vectors(plain, 0, vector.address());
    MessageHeaders.vectors(segmented, 0, vector.address());
    MessageHeaders.controlHeader(control, 0, Short.BYTES, SOL_UDP, SocketOptions.UDP_SEGMENT);
    MessageHeaders.control(segmented, 0, control.address(), CONTROL_SPACE);
  }

  /**
   * Opens a socket, bound to nothing.
   *
   * @param ipv6 whether of IPv6, which reaches both families
   */
  public static UdpSocket open(boolean ipv6) {
    Descriptor descriptor = SocketAddress.open(ipv6, SOCK_DGRAM_CLOEXEC, "SOCK_DGRAM");
    if (ipv6) {
      SocketOptions.set(descriptor.fd(), SOL_IPV6, SocketOptions.IPV6_V6ONLY, 0);
    }
    return new UdpSocket(descriptor, ipv6);
  }

  /** Leaves IPv4 to other sockets, so that one of each may be bound to a port. Before binding. */
  public UdpSocket ipv6Only() {
    SocketOptions.require(fd, SOL_IPV6, SocketOptions.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
    return this;
  }

  /** Binds to a local address and port; port 0 lets the kernel choose. */
  public UdpSocket bind(Endpoint endpoint) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment address = call.allocate(SocketAddress.LENGTH_MAX, 4);
      int length = SocketAddress.put(address, endpoint, ipv6);
      int result = Linux.bind(errno, fd, address, length);
      if (result < 0) {
        throw new LinuxException("bind(" + endpoint + ")", -result, "CAP_NET_BIND_SERVICE");
      }
      return this;
    }
  }

  /** Sets the one receiver of everything sent; may be called again for another. */
  public UdpSocket connect(Endpoint endpoint) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment address = call.allocate(SocketAddress.LENGTH_MAX, 4);
      int length = SocketAddress.put(address, endpoint, ipv6);
      int result = Linux.connect(errno, fd, address, length);
      if (result < 0) {
        throw new LinuxException("connect(" + endpoint + ")", -result);
      }
      return this;
    }
  }

  /** Returns the bound port; 0 before {@link #bind} and {@link #connect}. */
  public int localPort() {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment address = call.allocate(SocketAddress.LENGTH_MAX, 4);
      MemorySegment length = call.allocateFrom(JAVA_INT, SocketAddress.LENGTH_MAX);
      int result = Linux.getsockname(errno, fd, address, length);
      if (result < 0) {
        throw new LinuxException("getsockname(" + fd + ")", -result);
      }
      return SocketAddress.port(address, 0);
    }
  }

  /**
   * Marks every packet of this socket (SO_MARK).
   *
   * @return false when not permitted: CAP_NET_RAW since Linux 5.17, CAP_NET_ADMIN before
   */
  public boolean mark(int mark) {
    return SocketOptions.set(fd, SOL_SOCKET, SocketOptions.SO_MARK, mark) == 0;
  }

  /** Lets several sockets of one user share a port; before {@link #bind}. */
  public UdpSocket reusePort() {
    SocketOptions.require(fd, SOL_SOCKET, SocketOptions.SO_REUSEPORT, 1, "SO_REUSEPORT");
    return this;
  }

  /** Asks for a send buffer; returns what the kernel now has, about twice the bytes of payload. */
  public int sendBufferBytes(int bytes) {
    return SocketOptions.bufferBytes(
        fd, SocketOptions.SO_SNDBUFFORCE, SocketOptions.SO_SNDBUF, bytes);
  }

  /** Asks for a receive buffer; returns what the kernel now has. */
  public int receiveBufferBytes(int bytes) {
    return SocketOptions.bufferBytes(
        fd, SocketOptions.SO_RCVBUFFORCE, SocketOptions.SO_RCVBUF, bytes);
  }

  /**
   * Sets Don't Fragment on every packet and lets the kernel learn the path's MTU from ICMP: what
   * does not fit is refused with {@link Errno#EMSGSIZE}, never cut into fragments.
   */
  public UdpSocket dontFragment() {
    SocketOptions.require(
        fd, SOL_IP, SocketOptions.IP_MTU_DISCOVER, SocketOptions.PMTUDISC_DO, "IP_MTU_DISCOVER");
    if (ipv6) { // both: the socket may be connected to an IPv4-mapped address
      SocketOptions.require(
          fd,
          SOL_IPV6,
          SocketOptions.IPV6_MTU_DISCOVER,
          SocketOptions.PMTUDISC_DO,
          "IPV6_MTU_DISCOVER");
    }
    return this;
  }

  /**
   * Sends without a checksum over IPv4, as is usual for tunnels: on its way within one machine a
   * checksum is never filled in, and who captures there would call it wrong. Not for {@link
   * #sendSegmented} of more than one datagram.
   *
   * @see "RFC 7348 section 5; socket(7), SO_NO_CHECK"
   */
  public UdpSocket noChecksum() {
    return checksum(false);
  }

  /** As {@link #noChecksum}, or with a checksum again; takes effect with the next send. */
  public UdpSocket checksum(boolean on) {
    int none = on ? 0 : 1;
    SocketOptions.require(fd, SOL_SOCKET, SocketOptions.SO_NO_CHECK, none, "SO_NO_CHECK");
    return this;
  }

  /** Returns the known MTU of the path of a connected socket, IP header included; 0 if unknown. */
  public int pathMtu() {
    int mtu = SocketOptions.get(fd, SOL_IP, SocketOptions.IP_MTU);
    if (mtu <= 0 && ipv6) {
      mtu = SocketOptions.get(fd, SOL_IPV6, SocketOptions.IPV6_MTU);
    }
    return Math.max(mtu, 0);
  }

  /** Sends and receives through one interface only. */
  public UdpSocket bindToDevice(String device) {
    byte[] name = device.getBytes(StandardCharsets.UTF_8);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocateFrom(device);
      int errno =
          SocketOptions.set(fd, SOL_SOCKET, SocketOptions.SO_BINDTODEVICE, value, name.length + 1);
      if (errno != 0) {
        throw new LinuxException(
            "setsockopt(SO_BINDTODEVICE, " + device + ")", errno, "CAP_NET_RAW");
      }
      return this;
    }
  }

  /**
   * Lets the kernel hand over several equal-sized datagrams of one sender as one (UDP_GRO).
   *
   * @return false when the kernel cannot (before Linux 5.0)
   */
  public boolean receiveOffload(boolean on) {
    return SocketOptions.set(fd, SOL_UDP, SocketOptions.UDP_GRO, on ? 1 : 0) == 0;
  }

  /** Lets each datagram carry how many this socket has lost so far (SO_RXQ_OVFL). */
  public UdpSocket receiveOverflowCount() {
    SocketOptions.require(fd, SOL_SOCKET, SocketOptions.SO_RXQ_OVFL, 1, "SO_RXQ_OVFL");
    return this;
  }

  /** Lets each datagram carry when the kernel received it (SO_TIMESTAMPNS). */
  public UdpSocket receiveTimestamps() {
    SocketOptions.require(fd, SOL_SOCKET, SocketOptions.SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS");
    return this;
  }

  /**
   * Lets each datagram carry which local address it was sent to (IP_PKTINFO), so that an answer can
   * come from there: {@link DatagramReply}.
   */
  public UdpSocket receiveDestinations() {
    if (ipv6) {
      SocketOptions.require(
          fd, SOL_IPV6, SocketOptions.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO"); // of IPv4 too
    } else {
      SocketOptions.require(fd, SOL_IP, SocketOptions.IP_PKTINFO, 1, "IP_PKTINFO");
    }
    return this;
  }

  /**
   * Drops whatever arrives, without an answer to whoever sent it: a port that is taken and not
   * read.
   */
  public UdpSocket discardAll() {
    ClassicBpf.attach(fd, new long[] {ClassicBpf.RETURN_NOTHING});
    return this;
  }

  /** Returns whether the kernel knows UDP_SEGMENT (Linux 4.18). */
  public boolean supportsSegmentation() {
    return SocketOptions.get(fd, SOL_UDP, SocketOptions.UDP_SEGMENT) >= 0;
  }

  /** Returns and clears the pending error of an earlier send, 0 for none. */
  public int pendingError() {
    return SocketOptions.get(fd, SOL_SOCKET, SocketOptions.SO_ERROR);
  }

  /** Returns the descriptor; it stays this object's. */
  public int fd() {
    return fd;
  }

  /**
   * Sends bytes on a connected socket as datagrams of {@code segmentBytes}, of which only the last
   * may be shorter, with one walk through the kernel. Never blocks, never throws, allocates
   * nothing.
   *
   * <p>Errors worth knowing: {@code EINVAL} the kernel does not take so many datagrams at once,
   * send {@link #SEGMENTS_ALWAYS}; {@code EMSGSIZE} a datagram does not fit the path (kernels
   * before 6.10 say {@code EINVAL} here too), read {@link #pathMtu} again; {@code EAGAIN} the send
   * buffer is full; {@code ECONNREFUSED}, {@code EHOSTUNREACH} an ICMP answer to an earlier send,
   * this one was not sent; {@code EIO} the device cannot fill in the checksums, send without
   * segmentation.
   *
   * @param buffer native memory, the caller's
   * @param length all bytes, 1 to {@link #PAYLOAD_BYTES_MAX}, at most {@link #SEGMENTS_MAX}
   *     datagrams
   * @param segmentBytes payload of one datagram; the length or more for a plain send
   * @return 0, or a positive errno when nothing was sent
   */
  public int sendSegmented(MemorySegment buffer, long offset, int length, int segmentBytes) {
    try {
      MessageHeaders.vector(vector, 0, buffer.address() + offset, length);
      long result;
      if (length > segmentBytes) {
        control.set(
            JAVA_SHORT_UNALIGNED, MessageHeaders.CONTROL_HEADER_LENGTH, (short) segmentBytes);
        result = Linux.sendmsg(errno, fd, segmented, SEND_FLAGS);
      } else {
        result = Linux.sendmsg(errno, fd, plain, SEND_FLAGS);
      }
      return result < 0 ? (int) -result : 0;
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /** Sends one datagram to an address, connected or not: for control traffic, not the hot path. */
  public int sendTo(Endpoint endpoint, MemorySegment buffer, long offset, int length) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment message = call.allocate(MessageHeaders.MESSAGE_LENGTH, 8);
      MemorySegment address = call.allocate(SocketAddress.LENGTH_MAX, 4);
      message.set(JAVA_LONG_UNALIGNED, MessageHeaders.MESSAGE_NAME, address.address());
      message.set(
          JAVA_INT, MessageHeaders.MESSAGE_NAME_LENGTH, SocketAddress.put(address, endpoint, ipv6));
      MessageHeaders.vectors(message, 0, vector.address());
      MessageHeaders.vector(vector, 0, buffer.address() + offset, length);
      long result = Linux.sendmsg(errno, fd, message, SEND_FLAGS);
      return result < 0 ? (int) -result : 0;
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /** Closes the descriptor; a second call does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
