/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Sends frames as they are out of one interface (AF_PACKET), link-layer header included. Receives
 * nothing. One thread.
 *
 * @see "packet(7)"
 */
public final class PacketSender implements AutoCloseable {

  private final Descriptor descriptor = PacketRing.openSocket(false);
  private final int fd = descriptor.fd();
  private final MemorySegment errno = descriptor.errno();
  private final MemorySegment message =
      descriptor.arena().allocate(MessageHeaders.MESSAGE_LENGTH, 8);
  private final MemorySegment vector = descriptor.arena().allocate(MessageHeaders.VECTOR_LENGTH, 8);

  /**
   * Opens a sender.
   *
   * @param interfaceIndex the kernel's number of the interface, see {@link InterfaceFacts#index}
   * @throws LinuxException when there is no such interface or {@code CAP_NET_RAW} is not held
   */
  public PacketSender(int interfaceIndex) {
    MessageHeaders.vectors(message, 0, vector.address());
    try {
      PacketRing.bind(errno, fd, interfaceIndex, PacketRing.PROTOCOL_NONE);
    } catch (LinuxException e) {
      close();
      throw e;
    }
  }

  /**
   * Sends one frame; never blocks, never throws.
   *
   * @param buffer native memory, the caller's
   * @return 0, or a positive errno
   */
  public int send(MemorySegment buffer, long offset, int length) {
    try {
      MessageHeaders.vector(vector, 0, buffer.address() + offset, length);
      long result = Linux.sendmsg(errno, fd, message, MessageHeaders.MSG_DONTWAIT);
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
