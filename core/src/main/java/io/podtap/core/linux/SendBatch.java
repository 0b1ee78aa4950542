/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Many plain datagrams with one call ({@code sendmmsg}), for kernels and devices without {@code
 * UDP_SEGMENT}. Memory is fixed at construction; no allocation per datagram. One thread.
 */
public final class SendBatch implements AutoCloseable {

  private static final int FLAGS = MessageHeaders.MSG_DONTWAIT | MessageHeaders.MSG_NOSIGNAL;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = Linux.allocateErrno(arena);
  private final MemorySegment messages;
  private final MemorySegment vectors;
  private final int vectorsEach;
  private final int capacity;
  private MemorySegment headers = MemorySegment.NULL;
  private int count;
  private int firstErrno;

  /**
   * Reserves room for {@code capacity} datagrams, 1 to 1,024 (the kernel's own limit of one call).
   */
  public SendBatch(int capacity) {
    this(capacity, 1);
  }

  private SendBatch(int capacity, int vectorsEach) {
    this.capacity = capacity;
    this.vectorsEach = vectorsEach;
    messages = arena.allocate((long) capacity * MessageHeaders.BATCH_MESSAGE_LENGTH, 8);
    vectors = arena.allocate((long) capacity * vectorsEach * MessageHeaders.VECTOR_LENGTH, 8);
    for (int i = 0; i < capacity; i++) {
      MessageHeaders.vectors(
          messages,
          (long) i * MessageHeaders.BATCH_MESSAGE_LENGTH,
          vectors.address() + vector(i),
          vectorsEach);
    }
  }

  /** Reserves room for datagrams of a raw socket, which get their UDP headers here. */
  public static SendBatch withHeaders(int capacity, RawUdpSocket socket) {
    SendBatch batch = new SendBatch(capacity, 2);
    batch.headers = batch.arena.allocate((long) capacity * RawUdpSocket.HEADER_LENGTH, 8);
    for (int i = 0; i < capacity; i++) {
      long at = (long) i * RawUdpSocket.HEADER_LENGTH;
      Bytes.putU16(batch.headers, at, socket.sourcePort());
      Bytes.putU16(batch.headers, at + 2, socket.destinationPort());
      MessageHeaders.vector(
          batch.vectors, batch.vector(i), batch.headers.address() + at, RawUdpSocket.HEADER_LENGTH);
    }
    return batch;
  }

  private long vector(int index) {
    return (long) index * vectorsEach * MessageHeaders.VECTOR_LENGTH;
  }

  /**
   * Adds one datagram; its bytes must stay until {@link #send} has returned.
   *
   * @param buffer native memory, the caller's
   */
  public void add(MemorySegment buffer, long offset, int length) {
    long vector = vector(count);
    if (vectorsEach > 1) {
      vector += MessageHeaders.VECTOR_LENGTH;
      Bytes.putU16(
          headers,
          (long) count * RawUdpSocket.HEADER_LENGTH + 4,
          RawUdpSocket.HEADER_LENGTH + length);
    }
    MessageHeaders.vector(vectors, vector, buffer.address() + offset, length);
    count++;
  }

  /** Returns whether {@link #send} must come before the next {@link #add}. */
  public boolean isFull() {
    return count == capacity;
  }

  /** Returns how many datagrams wait for {@link #send}. */
  public int count() {
    return count;
  }

  /**
   * Sends what was added on a connected socket and empties the batch. A datagram that the kernel
   * refuses is left out and the next one tried; when the send buffer is full ({@code EAGAIN}) or
   * one is too long for the path ({@code EMSGSIZE}) the rest is left out.
   *
   * @return datagrams sent; {@link #firstErrno} says why others were not
   */
  public int send(UdpSocket socket) {
    return send(socket.fd());
  }

  /** As above, of a batch {@link #withHeaders}. */
  public int send(RawUdpSocket socket) {
    return send(socket.fd());
  }

  private int send(int fd) {
    firstErrno = 0;
    int sent = 0;
    int at = 0;
    int triedAgain = -1;
    while (at < count) {
      int result =
          Linux.sendmmsg(
              errno,
              fd,
              messages.address() + (long) at * MessageHeaders.BATCH_MESSAGE_LENGTH,
              count - at,
              FLAGS);
      if (result > 0) {
        sent += result;
        at += result;
        continue;
      }
      int error = -result;
      if (error == Errno.EINTR) {
        continue;
      }
      if (isOfEarlier(error) && triedAgain != at) {
        triedAgain = at;
        continue;
      }
      if (firstErrno == 0) {
        firstErrno = error;
      }
      if (error == Errno.EAGAIN || error == Errno.ENOBUFS || error == Errno.EMSGSIZE) {
        break;
      }
      at++;
    }
    count = 0;
    return sent;
  }

  /** Whether an error may be the answer to an earlier datagram: then this one was not tried. */
  private static boolean isOfEarlier(int error) {
    return error == Errno.ECONNREFUSED || error == Errno.EHOSTUNREACH;
  }

  /** Returns the first error of the last {@link #send}, or 0. */
  public int firstErrno() {
    return firstErrno;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    arena.close();
  }
}
