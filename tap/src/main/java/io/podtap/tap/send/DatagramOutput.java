/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import java.lang.foreign.MemorySegment;

/**
 * One way out: a connected socket in production; memory, loss and failures in tests. One thread.
 */
public interface DatagramOutput extends AutoCloseable {

  /**
   * Sends datagrams that stand one behind another, all of {@code datagramBytes} but the last, which
   * may be shorter. Never blocks, never throws.
   *
   * @param buffer native memory, the caller's
   * @return how many datagrams were sent; when not all, {@link #failure} says why. When that is
   *     {@code EMSGSIZE}, the first ones were sent and the rest was not tried
   */
  int send(MemorySegment buffer, long offset, int length, int datagramBytes);

  /**
   * Lets datagrams leave joined, or each alone, from the next {@link #send} on; alone at first.
   * What cannot join, as on a kernel without {@code UDP_SEGMENT}, goes on alone.
   */
  void join(boolean joined);

  /**
   * Takes what has come back to the source port, some datagrams at most. Never blocks, never
   * throws.
   *
   * @return 0, or a positive errno: the answer to an earlier send
   */
  int receive(Inbox inbox);

  /** Returns the error number of what the last {@link #send} could not send, 0 for none. */
  int failure();

  /** Returns bytes of a whole IP packet that the path takes now; 0 when not known. */
  int pathMtu();

  /** Returns bytes of IP and UDP header in front of each datagram. */
  int headerBytes();

  /** Returns the source port. */
  int sourcePort();

  @Override
  void close();
}
