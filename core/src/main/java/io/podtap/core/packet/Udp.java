/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The UDP header.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Source port          |       Destination port        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            Length             |           Checksum            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @see "RFC 768"
 */
public final class Udp {

  /** Bytes of the header. */
  public static final int HEADER_LENGTH = 8;

  /** Offset of the checksum field within the header. */
  public static final int CHECKSUM_OFFSET = 6;

  private static final int LENGTH = 4;

  private Udp() {}

  /** Returns the source port. */
  public static int sourcePort(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset);
  }

  /** Returns the destination port. */
  public static int destinationPort(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + 2);
  }

  /** Returns the announced length of header and payload. */
  public static int length(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + LENGTH);
  }

  /** Sets the announced length of header and payload. */
  public static void length(MemorySegment segment, long offset, int length) {
    Bytes.putU16(segment, offset + LENGTH, length);
  }

  /** Returns the checksum as it stands; 0 says that the sender made none. */
  public static int checksum(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + CHECKSUM_OFFSET);
  }
}
