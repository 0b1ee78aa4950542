/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The IPv6 fixed header and the fragment extension header.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version| Traffic class |              Flow label               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Payload length        |  Next header  |   Hop limit   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Source address (16 bytes)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                  Destination address (16 bytes)               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Fragment extension header:
 * |  Next header  |   Reserved    |     Fragment offset     |Res|M|
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Identification                        |
 * </pre>
 *
 * @see "RFC 8200 sections 3 and 4.5; RFC 2675 (jumbograms)"
 */
public final class Ipv6 {

  /** Bytes of the fixed header. */
  public static final int HEADER_LENGTH = 40;

  /** Bytes of the fragment extension header. */
  public static final int FRAGMENT_HEADER_LENGTH = 8;

  private static final int PAYLOAD_LENGTH = 4;
  private static final int NEXT_HEADER = 6;
  private static final int HOP_LIMIT = 7;
  private static final int SOURCE = 8;
  private static final int DESTINATION = 24;

  private Ipv6() {}

  /** Returns the announced length behind the fixed header; 0 in a jumbogram. */
  public static int payloadLength(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + PAYLOAD_LENGTH);
  }

  /** Sets the announced length behind the fixed header. */
  public static void payloadLength(MemorySegment segment, long offset, int length) {
    Bytes.putU16(segment, offset + PAYLOAD_LENGTH, length);
  }

  /** Returns the kind of the header behind this one, one of {@link IpProtocol}. */
  public static int nextHeader(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset + NEXT_HEADER);
  }

  /** Sets the kind of the header behind this one. */
  public static void nextHeader(MemorySegment segment, long offset, int protocol) {
    Bytes.putU8(segment, offset + NEXT_HEADER, protocol);
  }

  /** Returns the hop limit. */
  public static int hopLimit(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset + HOP_LIMIT);
  }

  /** Returns the offset of the source address, sixteen bytes. */
  public static long sourceOffset(long offset) {
    return offset + SOURCE;
  }

  /** Returns the offset of the destination address, sixteen bytes. */
  public static long destinationOffset(long offset) {
    return offset + DESTINATION;
  }
}
