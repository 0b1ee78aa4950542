/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import java.lang.foreign.MemorySegment;

/** Takes datagrams that came back to a lane's source port, from the sensor's address and port. */
@FunctionalInterface
public interface Inbox {

  /**
   * Takes one; its bytes go back afterwards.
   *
   * @param length bytes at {@code offset}, cut to what an output keeps of a datagram
   */
  void onDatagram(MemorySegment segment, long offset, int length);
}
