/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.testing;

import io.podtap.core.linux.Errno;
import io.podtap.tap.send.DatagramOutput;
import io.podtap.tap.send.Inbox;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Keeps datagrams in memory, and fails when it is told to. */
public final class RecordingOutput implements DatagramOutput {

  /** What left with one call. */
  public record Call(int datagramBytes, List<byte[]> datagrams) {}

  public final List<Call> calls = new ArrayList<>();
  public int mtu = 1_500;

  /** Refuses what is longer than the MTU, as a socket that forbids fragments does. */
  public boolean enforcesMtu;

  public boolean closed;

  /** From the number of the call, counted from zero, to an error number; 0 for none. */
  public IntUnaryOperator failures = call -> 0;

  /** Whether datagrams may leave many in one buffer. */
  public boolean joined;

  /** What has come back to the source port and was not received yet. */
  public final List<byte[]> arrived = new ArrayList<>();

  /** What the next {@link #receive} says is wrong. */
  public int receiveErrno;

  private int attempts;
  private int failure;

  @Override
  public int send(MemorySegment buffer, long offset, int length, int datagramBytes) {
    failure = failures.applyAsInt(attempts++);
    if (failure == 0 && enforcesMtu && Math.min(length, datagramBytes) > mtu - headerBytes()) {
      failure = Errno.EMSGSIZE;
    }
    if (failure != 0) {
      return 0;
    }
    List<byte[]> datagrams = new ArrayList<>();
    for (int at = 0; at < length; at += datagramBytes) {
      int bytes = Math.min(datagramBytes, length - at);
      datagrams.add(buffer.asSlice(offset + at, bytes).toArray(ValueLayout.JAVA_BYTE));
    }
    calls.add(new Call(datagramBytes, datagrams));
    return datagrams.size();
  }

  /** Returns all datagrams in the order in which they left. */
  public List<byte[]> datagrams() {
    return calls.stream().flatMap(call -> call.datagrams().stream()).toList();
  }

  @Override
  public void join(boolean wanted) {
    joined = wanted;
  }

  @Override
  public int receive(Inbox inbox) {
    for (byte[] datagram : arrived) {
      MemorySegment segment = Arena.ofAuto().allocate(Math.max(datagram.length, 1), 8);
      MemorySegment.copy(datagram, 0, segment, ValueLayout.JAVA_BYTE, 0, datagram.length);
      inbox.onDatagram(segment, 0, datagram.length);
    }
    arrived.clear();
    return receiveErrno;
  }

  @Override
  public int failure() {
    return failure;
  }

  @Override
  public int pathMtu() {
    return mtu;
  }

  @Override
  public int headerBytes() {
    return 28;
  }

  @Override
  public int sourcePort() {
    return 50_000;
  }

  @Override
  public void close() {
    closed = true;
  }
}
