/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static io.podtap.core.linux.SocketOptions.SOL_PACKET;
import static io.podtap.core.linux.SocketOptions.SOL_SOCKET;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * Counts the frames of one interface that pass a filter, without taking them: a packet socket that
 * nobody reads. Its buffer is full after a few frames; from then on each further one costs the
 * filter's run and an increment. One thread.
 *
 * @see "net/packet/af_packet.c (packet_rcv, drop_n_acct)"
 */
public final class FrameCounter implements AutoCloseable {

  private final Descriptor descriptor;
  private final int fd;
  private final MemorySegment errno;
  private final MemorySegment statistics;
  private final MemorySegment statisticsLength;
  private long count;

  /**
   * Makes a counter that counts nothing before {@link #bind}.
   *
   * @param instructions the filter that selects what is counted
   * @param cooked whether the filter reads frames without a link-layer header
   */
  public FrameCounter(long[] instructions, boolean cooked) {
    descriptor = PacketRing.openSocket(cooked);
    fd = descriptor.fd();
    errno = descriptor.errno();
    statistics = descriptor.arena().allocate(8, 4);
    statisticsLength = descriptor.arena().allocate(4, 4);
    try {
      SocketOptions.require(fd, SOL_SOCKET, SocketOptions.SO_RCVBUF, 0, "SO_RCVBUF");
      filter(instructions);
    } catch (LinuxException e) {
      close();
      throw e;
    }
  }

  /** Selects other frames from now on. */
  public void filter(long[] instructions) {
    ClassicBpf.attach(fd, instructions);
  }

  /** Begins to count on an interface; the count so far stays. */
  public void bind(int interfaceIndex) {
    PacketRing.bind(errno, fd, interfaceIndex, PacketRing.PROTOCOL_ALL);
  }

  /** Returns frames counted since this was made. Costs a system call; allocates nothing. */
  public long count() {
    statisticsLength.set(JAVA_INT, 0, 8);
    int result =
        Linux.getsockopt(
            errno, fd, SOL_PACKET, SocketOptions.PACKET_STATISTICS, statistics, statisticsLength);
    if (result < 0) {
      throw new LinuxException("getsockopt(PACKET_STATISTICS)", -result);
    }
    count += statistics.get(JAVA_INT, 0) & 0xFFFF_FFFFL; // the dropped ones are included
    return count;
  }

  /** Closes the descriptor; a second call does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
