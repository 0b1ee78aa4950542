/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The IPv4 header.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version|  IHL  |    DSCP   |ECN|          Total length         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Identification        |R|D|M|     Fragment offset     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Time to live |    Protocol   |        Header checksum        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Source address                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Destination address                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @see "RFC 791 section 3.1"
 */
public final class Ipv4 {

  /** Bytes of a header without options. */
  public static final int HEADER_LENGTH_MIN = 20;

  /** Bytes of a header with all options it can have. */
  public static final int HEADER_LENGTH_MAX = 60;

  public static final int FLAG_DONT_FRAGMENT = 0x4000;
  public static final int FLAG_MORE_FRAGMENTS = 0x2000;
  public static final int FRAGMENT_OFFSET_MASK = 0x1FFF;

  private static final int TOTAL_LENGTH = 2;
  private static final int IDENTIFICATION = 4;
  private static final int FLAGS = 6;
  private static final int TIME_TO_LIVE = 8;
  private static final int PROTOCOL = 9;
  private static final int CHECKSUM = 10;
  private static final int SOURCE = 12;
  private static final int DESTINATION = 16;

  private Ipv4() {}

  /** Returns the version nibble, which is 4 in an IPv4 header. */
  public static int version(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset) >>> 4;
  }

  /** Returns the header length in bytes as announced: 0 to 60, valid from 20. */
  public static int headerLength(MemorySegment segment, long offset) {
    return (Bytes.u8(segment, offset) & 0x0F) << 2;
  }

  /** Returns the announced length of header and payload; 0 in a BIG TCP super-frame. */
  public static int totalLength(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + TOTAL_LENGTH);
  }

  /** Sets the announced length of header and payload. */
  public static void totalLength(MemorySegment segment, long offset, int length) {
    Bytes.putU16(segment, offset + TOTAL_LENGTH, length);
  }

  /** Returns the identification. */
  public static int identification(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + IDENTIFICATION);
  }

  /** Sets the identification to the low sixteen bits of {@code identification}. */
  public static void identification(MemorySegment segment, long offset, int identification) {
    Bytes.putU16(segment, offset + IDENTIFICATION, identification);
  }

  /** Returns the three flags and the fragment offset in units of eight bytes, as one word. */
  public static int fragmentWord(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + FLAGS);
  }

  /** Sets the three flags and the fragment offset in units of eight bytes, as one word. */
  public static void fragmentWord(MemorySegment segment, long offset, int word) {
    Bytes.putU16(segment, offset + FLAGS, word);
  }

  /** Returns the time to live. */
  public static int timeToLive(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset + TIME_TO_LIVE);
  }

  /** Returns the protocol of the payload, one of {@link IpProtocol}. */
  public static int protocol(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset + PROTOCOL);
  }

  /** Returns the header checksum as it stands. */
  public static int checksum(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + CHECKSUM);
  }

  /** Computes the header checksum over {@code headerLength} bytes and writes it. */
  public static void updateChecksum(MemorySegment segment, long offset, int headerLength) {
    Bytes.putU16(segment, offset + CHECKSUM, 0);
    int checksum = Checksum.finish(Checksum.sum(segment, offset, headerLength));
    Bytes.putU16(segment, offset + CHECKSUM, checksum);
  }

  /** Returns the source address. */
  public static int source(MemorySegment segment, long offset) {
    return Bytes.i32(segment, offset + SOURCE);
  }

  /** Returns the destination address. */
  public static int destination(MemorySegment segment, long offset) {
    return Bytes.i32(segment, offset + DESTINATION);
  }
}
