/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Many datagrams with one call ({@code recvmmsg}), each with what the kernel knows about it.
 *
 * <p>Slots are parts of one {@link #segment}; a slot's bytes and facts are valid until the next
 * {@link #receive}. With {@link UdpSocket#receiveOffload} a slot may hold several datagrams of
 * {@link #segmentBytes} each, the last may be shorter. Memory is fixed at construction; no
 * allocation per datagram. One thread.
 *
 * @see "recvmmsg(2), socket(7); linux/udp.h (UDP_GRO)"
 */
public final class ReceiveBatch implements AutoCloseable {

  public static final int SLOTS_DEFAULT = 64;

  /** Holds whatever UDP_GRO joins. */
  public static final int SLOT_BYTES_DEFAULT = 65_536;

  private static final int NAME_SPACE = 32;

  /** Room for UDP_GRO (24), SO_TIMESTAMPNS (32), SO_RXQ_OVFL (24) and IPV6_PKTINFO (40). */
  private static final int CONTROL_SPACE = 128;

  /** {@link #destinationControl} of a slot whose destination is not known. */
  static final long NO_CONTROL = -1;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = Linux.allocateErrno(arena);
  private final MemorySegment messages;
  private final MemorySegment names;
  private final MemorySegment controls;
  private final MemorySegment segment;
  private final int slots;
  private final int slotBytes;
  private final int[] segmentBytes;
  private final long[] timestampNs;
  private final int[] overflowCount;
  private final long[] destinations;
  private int count;
  private int lastErrno;

  /** Reserves 64 slots of 65,536 bytes; untouched pages cost nothing. */
  public ReceiveBatch() {
    this(SLOTS_DEFAULT, SLOT_BYTES_DEFAULT);
  }

  /** Reserves {@code slots} slots (1 to 1,024) of {@code slotBytes} each. */
  public ReceiveBatch(int slots, int slotBytes) {
    this.slots = slots;
    this.slotBytes = slotBytes;
    segmentBytes = new int[slots];
    timestampNs = new long[slots];
    overflowCount = new int[slots];
    destinations = new long[slots];
    messages = arena.allocate((long) slots * MessageHeaders.BATCH_MESSAGE_LENGTH, 8);
    names = arena.allocate((long) slots * NAME_SPACE, 8);
    controls = arena.allocate((long) slots * CONTROL_SPACE, 8);
    segment = arena.allocate((long) slots * slotBytes, 64);
    MemorySegment vectors = arena.allocate((long) slots * MessageHeaders.VECTOR_LENGTH, 8);
    for (int i = 0; i < slots; i++) {
      long message = message(i);
      long vector = (long) i * MessageHeaders.VECTOR_LENGTH;
      messages.set(
          JAVA_LONG_UNALIGNED,
          message + MessageHeaders.MESSAGE_NAME,
          names.address() + (long) i * NAME_SPACE);
      MessageHeaders.vectors(messages, message, vectors.address() + vector);
      MessageHeaders.vector(vectors, vector, segment.address() + offset(i), slotBytes);
      MessageHeaders.control(
          messages, message, controls.address() + (long) i * CONTROL_SPACE, CONTROL_SPACE);
      reset(i);
    }
  }

  private static long message(int index) {
    return (long) index * MessageHeaders.BATCH_MESSAGE_LENGTH;
  }

  private void reset(int index) {
    long message = message(index);
    messages.set(JAVA_INT_UNALIGNED, message + MessageHeaders.MESSAGE_NAME_LENGTH, NAME_SPACE);
    messages.set(
        JAVA_LONG_UNALIGNED, message + MessageHeaders.MESSAGE_CONTROL_LENGTH, CONTROL_SPACE);
    messages.set(JAVA_INT_UNALIGNED, message + MessageHeaders.MESSAGE_FLAGS, 0);
  }

  /**
   * Takes what waits, never blocks.
   *
   * @return slots filled; 0 when none waits or the call failed, see {@link #lastErrno}
   */
  public int receive(UdpSocket socket) {
    for (int i = 0; i < count; i++) {
      reset(i);
    }
    int result =
        Linux.recvmmsg(
            errno, socket.fd(), messages, slots, MessageHeaders.MSG_DONTWAIT, MemorySegment.NULL);
    if (result < 0) {
      count = 0;
      lastErrno = result == -Errno.EAGAIN ? 0 : -result;
      return 0;
    }
    lastErrno = 0;
    count = result;
    for (int i = 0; i < result; i++) {
      readControls(i);
    }
    return result;
  }

  private void readControls(int index) {
    segmentBytes[index] = 0;
    timestampNs[index] = 0;
    overflowCount[index] = 0;
    destinations[index] = NO_CONTROL;
    long at = (long) index * CONTROL_SPACE;
    long end =
        at
            + messages.get(
                JAVA_LONG_UNALIGNED, message(index) + MessageHeaders.MESSAGE_CONTROL_LENGTH);
    while (end - at >= MessageHeaders.CONTROL_HEADER_LENGTH) {
      long length = controls.get(JAVA_LONG_UNALIGNED, at);
      if (length < MessageHeaders.CONTROL_HEADER_LENGTH || length > end - at) {
        return;
      }
      int level = controls.get(JAVA_INT_UNALIGNED, at + MessageHeaders.CONTROL_LEVEL);
      int type = controls.get(JAVA_INT_UNALIGNED, at + MessageHeaders.CONTROL_TYPE);
      long data = at + MessageHeaders.CONTROL_HEADER_LENGTH;
      if (level == SocketOptions.SOL_UDP && type == SocketOptions.UDP_GRO) {
        segmentBytes[index] = controls.get(JAVA_INT_UNALIGNED, data);
      } else if (level == SocketOptions.SOL_SOCKET && type == SocketOptions.SO_TIMESTAMPNS) {
        timestampNs[index] =
            controls.get(JAVA_LONG_UNALIGNED, data) * 1_000_000_000L
                + controls.get(JAVA_LONG_UNALIGNED, data + 8);
      } else if (level == SocketOptions.SOL_SOCKET && type == SocketOptions.SO_RXQ_OVFL) {
        overflowCount[index] = controls.get(JAVA_INT_UNALIGNED, data);
      } else if (isDestination(level, type)) {
        destinations[index] = at;
      }
      at += (length + 7) & ~7L;
    }
  }

  private static boolean isDestination(int level, int type) {
    return (level == SocketOptions.SOL_IP && type == SocketOptions.IP_PKTINFO)
        || (level == SocketOptions.SOL_IPV6 && type == SocketOptions.IPV6_PKTINFO);
  }

  /** Returns memory that the kernel wrote the slots' facts to. */
  MemorySegment controls() {
    return controls;
  }

  /** Returns where in {@link #controls} a slot's destination stands, or {@link #NO_CONTROL}. */
  long destinationControl(int index) {
    return destinations[index];
  }

  /** Returns the address of a slot's sender, as {@code struct sockaddr}. */
  long nameAddress(int index) {
    return names.address() + (long) index * NAME_SPACE;
  }

  /** Returns bytes of that address. */
  int nameLength(int index) {
    return messages.get(JAVA_INT_UNALIGNED, message(index) + MessageHeaders.MESSAGE_NAME_LENGTH);
  }

  /** Returns slots filled by the last {@link #receive}. */
  public int count() {
    return count;
  }

  /**
   * Returns why the last {@link #receive} failed, or 0: {@code ECONNREFUSED} and the like are
   * answers to an earlier send and end with being read.
   */
  public int lastErrno() {
    return lastErrno;
  }

  /** Returns the memory of all slots. */
  public MemorySegment segment() {
    return segment;
  }

  /** Returns where a slot's bytes begin in {@link #segment}. */
  public long offset(int index) {
    return (long) index * slotBytes;
  }

  /** Returns a slot's bytes: one datagram, or several of {@link #segmentBytes}. */
  public int length(int index) {
    return messages.get(JAVA_INT_UNALIGNED, message(index) + MessageHeaders.BATCH_MESSAGE_RESULT);
  }

  /** Returns bytes of each joined datagram, 0 when the slot holds a single one. */
  public int segmentBytes(int index) {
    return segmentBytes[index];
  }

  /** Returns the first eight bytes of the sender's address, widened to IPv6. */
  public long sourceHigh(int index) {
    return SocketAddress.high(names, (long) index * NAME_SPACE);
  }

  /** Returns the last eight bytes of the sender's address, widened to IPv6. */
  public long sourceLow(int index) {
    return SocketAddress.low(names, (long) index * NAME_SPACE);
  }

  /** Returns the sender's port. */
  public int sourcePort(int index) {
    return SocketAddress.port(names, (long) index * NAME_SPACE);
  }

  /**
   * Returns when the kernel received the datagram, nanoseconds since 1970; 0 when not asked for.
   */
  public long timestampNs(int index) {
    return timestampNs[index];
  }

  /**
   * Returns how many datagrams the socket had lost for want of buffer before this one, counted from
   * its opening, 32 bits that wrap; 0 when none or not asked for.
   */
  public int overflowCount(int index) {
    return overflowCount[index];
  }

  /** Returns whether the slot was too small and bytes are lost. */
  public boolean isTruncated(int index) {
    return (messages.get(JAVA_INT_UNALIGNED, message(index) + MessageHeaders.MESSAGE_FLAGS)
            & MessageHeaders.MSG_TRUNC)
        != 0;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    arena.close();
  }
}
