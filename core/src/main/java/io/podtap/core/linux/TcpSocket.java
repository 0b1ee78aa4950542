/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static io.podtap.core.linux.SocketOptions.SOL_SOCKET;
import static io.podtap.core.linux.SocketOptions.SOL_TCP;

import io.podtap.core.config.Endpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One end of a TCP connection that never blocks. What is sent stands in an array and is copied
 * once, by the kernel: the JDK's channels copy it to memory of their own first.
 *
 * <p>Setting up throws {@link LinuxException}; sending and receiving return an errno. One thread at
 * a time; lives in the network namespace of the thread that opened it.
 *
 * @see "tcp(7), socket(7), send(2), recv(2)"
 */
public final class TcpSocket implements AutoCloseable {

  private static final int SOCK_STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
  private static final int SHUT_WR = 1;

  private final Endpoint peer;
  private final boolean ipv6;
  private final Descriptor descriptor;
  private final int fd;
  private final MemorySegment errno;

  /**
   * Opens a socket that is connected to nobody yet.
   *
   * @param peer whom {@link #connect} will ask
   */
  public TcpSocket(Endpoint peer) {
    this.peer = peer;
    ipv6 = peer.address().getAddress().length == 16;
    descriptor = SocketAddress.open(ipv6, SOCK_STREAM_NONBLOCK_CLOEXEC, "SOCK_STREAM");
    fd = descriptor.fd();
    errno = descriptor.errno();
  }

  /** Sends what there is at once, instead of waiting for more to fill a segment. */
  public TcpSocket noDelay() {
    SocketOptions.require(fd, SOL_TCP, SocketOptions.TCP_NODELAY, 1, "TCP_NODELAY");
    return this;
  }

  /**
   * Lets the kernel ask a peer that is silent whether it is still there, and break the connection
   * off when it is not.
   *
   * @param idleSeconds silence before the first question
   * @param intervalSeconds between two questions
   * @param probes questions without an answer
   */
  public TcpSocket keepAlive(int idleSeconds, int intervalSeconds, int probes) {
    SocketOptions.require(fd, SOL_SOCKET, SocketOptions.SO_KEEPALIVE, 1, "SO_KEEPALIVE");
    SocketOptions.require(fd, SOL_TCP, SocketOptions.TCP_KEEPIDLE, idleSeconds, "TCP_KEEPIDLE");
    SocketOptions.require(
        fd, SOL_TCP, SocketOptions.TCP_KEEPINTVL, intervalSeconds, "TCP_KEEPINTVL");
    SocketOptions.require(fd, SOL_TCP, SocketOptions.TCP_KEEPCNT, probes, "TCP_KEEPCNT");
    return this;
  }

  /**
   * Begins to connect. It has ended when the descriptor can be written to; {@link
   * #requireConnected} says how.
   */
  public void connect() {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment address = call.allocate(SocketAddress.LENGTH_MAX, 4);
      int length = SocketAddress.put(address, peer, ipv6);
      int result = Linux.connect(errno, fd, address, length);
      if (result < 0 && result != -Errno.EINPROGRESS) {
        throw new LinuxException("connect(" + peer + ")", -result);
      }
    }
  }

  /** Throws when {@link #connect} has failed. */
  public void requireConnected() {
    int error = SocketOptions.get(fd, SOL_SOCKET, SocketOptions.SO_ERROR);
    if (error != 0) {
      throw new LinuxException("connect(" + peer + ")", Math.abs(error));
    }
  }

  /** Returns the descriptor; it stays this object's. */
  public int fd() {
    return fd;
  }

  /**
   * Hands the first bytes of an array to the kernel. Never throws.
   *
   * @return how many it took, or {@code -errno}: {@code EAGAIN} when it has no room, {@code EPIPE}
   *     or {@code ECONNRESET} when the connection is no more
   */
  public int send(byte[] bytes, int length) {
    MemorySegment segment = MemorySegment.ofArray(bytes);
    return (int)
        Linux.send(
            errno, fd, segment, length, MessageHeaders.MSG_DONTWAIT | MessageHeaders.MSG_NOSIGNAL);
  }

  /**
   * Takes what has arrived. Never throws.
   *
   * @param target native memory, the caller's; filled from its beginning
   * @return bytes, 0 when the peer sends no more, or {@code -errno}: {@code EAGAIN} when there is
   *     nothing
   */
  public int receive(MemorySegment target) {
    return (int) Linux.recv(errno, fd, target, MessageHeaders.MSG_DONTWAIT);
  }

  /**
   * Tells the peer that nothing more will come, behind all that was sent.
   *
   * @return 0 or {@code -errno}: {@code ENOTCONN} when the connection is no more
   */
  public int shutdownOutput() {
    return Linux.shutdown(errno, fd, SHUT_WR);
  }

  /** Closes the descriptor; a second call does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
