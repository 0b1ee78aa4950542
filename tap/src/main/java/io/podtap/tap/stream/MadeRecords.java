/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

/**
 * The records that were made and that the kernel has not taken yet: where each ends in the
 * connection's bytes, and what is sent once it is there. A ring; what is asked for is of the last
 * record that was taken. One thread, no allocation.
 */
final class MadeRecords {

  private static final int CAPACITY = 64;
  private static final int MASK = CAPACITY - 1;

  private final long[] ends = new long[CAPACITY];
  private final long[] positions = new long[CAPACITY];
  private final long[] packets = new long[CAPACITY];
  private final long[] packetBytes = new long[CAPACITY];
  private int first;
  private int next;

  boolean hasRoom() {
    return next - first < CAPACITY;
  }

  /**
   * Notes a record.
   *
   * @param end of it, in bytes of the connection
   * @param position in the queue behind the last block that is in records as a whole
   * @param packetCount packets before that
   * @param byteCount bytes of those packets
   */
  void add(long end, long position, long packetCount, long byteCount) {
    int at = next & MASK;
    ends[at] = end;
    positions[at] = position;
    packets[at] = packetCount;
    packetBytes[at] = byteCount;
    next++;
  }

  /**
   * Moves to the last record that the kernel has as a whole.
   *
   * @param taken bytes of the connection that it has
   * @return false when there is none that it did not have before
   */
  boolean advance(long taken) {
    int before = first;
    while (first < next && ends[first & MASK] <= taken) {
      first++;
    }
    return first != before;
  }

  long position() {
    return positions[(first - 1) & MASK];
  }

  long packets() {
    return packets[(first - 1) & MASK];
  }

  long packetBytes() {
    return packetBytes[(first - 1) & MASK];
  }
}
