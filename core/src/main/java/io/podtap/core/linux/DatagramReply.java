/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Answers a datagram of a {@link ReceiveBatch}: to where it came from, and from the address that it
 * was sent to, since a host may have several and the asker knows one. Memory is fixed; no
 * allocation. One thread.
 *
 * <pre>
 * in_pktinfo : index:32 local:32 destination:32       in6_pktinfo: address:128 index:32
 * </pre>
 *
 * @see "ip(7), IP_PKTINFO; ipv6(7), IPV6_PKTINFO; RFC 3542 section 6"
 */
public final class DatagramReply implements AutoCloseable {

  private static final int FLAGS = MessageHeaders.MSG_DONTWAIT | MessageHeaders.MSG_NOSIGNAL;

  /**
   * Over IPv6 a datagram is given to the kernel in two parts, which it sums itself then; the
   * checksum of one that comes whole it leaves to a network card, which is not always there. Over
   * IPv4 the socket has none ({@link UdpSocket#noChecksum}).
   */
  private static final int FIRST_PART_BYTES = 8;

  /** Stands before an IPv4 address in the lower half of an IPv6 one. */
  private static final long MAPPED = 0xFFFF;

  private static final int INET_INFORMATION = 12;
  private static final int INET_LOCAL = 4;
  private static final int INET6_INFORMATION = 20;
  private static final int INET6_INDEX = 16;

  /** {@code CMSG_SPACE} of the longer one. */
  private static final int CONTROL_SPACE = 40;

  private static final int LINK_LOCAL = 0xFE80;
  private static final int LINK_LOCAL_MASK = 0xFFC0;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = Linux.allocateErrno(arena);
  private final MemorySegment message = arena.allocate(MessageHeaders.MESSAGE_LENGTH, 8);
  private final MemorySegment vector = arena.allocate(MessageHeaders.VECTOR_LENGTH, 8);
  private final MemorySegment control = arena.allocate(CONTROL_SPACE, 8);

  public DatagramReply() {
    MessageHeaders.vectors(message, 0, vector.address());
  }

  /**
   * Sends an answer; never blocks, never throws.
   *
   * @param batch holds the datagram that is answered, in slot {@code index}
   * @param buffer native memory, the caller's
   * @return 0, or a positive errno
   */
  public int send(
      UdpSocket socket,
      ReceiveBatch batch,
      int index,
      MemorySegment buffer,
      long offset,
      int length) {
    try {
      message.set(JAVA_LONG_UNALIGNED, MessageHeaders.MESSAGE_NAME, batch.nameAddress(index));
      message.set(JAVA_INT_UNALIGNED, MessageHeaders.MESSAGE_NAME_LENGTH, batch.nameLength(index));
      MessageHeaders.control(message, 0, control.address(), from(batch, index));
      int done = 0;
      if (isInet6(batch, index) && length > FIRST_PART_BYTES) {
        int failure =
            send(socket, buffer, offset, FIRST_PART_BYTES, FLAGS | MessageHeaders.MSG_MORE);
        if (failure != 0) {
          return failure;
        }
        done = FIRST_PART_BYTES;
      }
      return send(socket, buffer, offset + done, length - done, FLAGS);
    } finally {
      Reference.reachabilityFence(batch);
      Reference.reachabilityFence(buffer);
    }
  }

  private int send(UdpSocket socket, MemorySegment buffer, long offset, int length, int flags) {
    MessageHeaders.vector(vector, 0, buffer.address() + offset, length);
    long result = Linux.sendmsg(errno, socket.fd(), message, flags);
    return result < 0 ? (int) -result : 0;
  }

  private static boolean isInet6(ReceiveBatch batch, int index) {
    return batch.sourceHigh(index) != 0 || batch.sourceLow(index) >>> 32 != MAPPED;
  }

  /** Writes which address to send from; returns bytes of control, 0 where it is not known. */
  private int from(ReceiveBatch batch, int index) {
    long at = batch.destinationControl(index);
    if (at == ReceiveBatch.NO_CONTROL) {
      return 0;
    }
    MemorySegment source = batch.controls();
    long data = at + MessageHeaders.CONTROL_HEADER_LENGTH;
    int to = MessageHeaders.CONTROL_HEADER_LENGTH;
    Bytes.clear(control, 0, CONTROL_SPACE);
    if (source.get(JAVA_INT_UNALIGNED, at + MessageHeaders.CONTROL_LEVEL) == SocketOptions.SOL_IP) {
      MessageHeaders.controlHeader(
          control, 0, INET_INFORMATION, SocketOptions.SOL_IP, SocketOptions.IP_PKTINFO);
      Bytes.copy(source, data + INET_LOCAL, control, to + INET_LOCAL, Integer.BYTES);
      return MessageHeaders.CONTROL_HEADER_LENGTH + 16;
    }
    MessageHeaders.controlHeader(
        control, 0, INET6_INFORMATION, SocketOptions.SOL_IPV6, SocketOptions.IPV6_PKTINFO);
    Bytes.copy(source, data, control, to, INET6_INDEX);
    if ((Bytes.u16(source, data) & LINK_LOCAL_MASK) == LINK_LOCAL) { // not to be told apart else
      Bytes.copy(source, data + INET6_INDEX, control, to + INET6_INDEX, Integer.BYTES);
    }
    return CONTROL_SPACE;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    arena.close();
  }
}
