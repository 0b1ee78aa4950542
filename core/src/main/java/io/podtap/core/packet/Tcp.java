/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The TCP header.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Source port          |       Destination port        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        Sequence number                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Acknowledgment number                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Offset| Rsv |A|C E U A P R S F|            Window             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Checksum            |         Urgent pointer        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @see "RFC 9293 section 3.1; RFC 3168 section 6.1 (CWR, ECE)"
 */
public final class Tcp {

  /** Bytes of a header without options. */
  public static final int HEADER_LENGTH_MIN = 20;

  /** Bytes of a header with all options it can have. */
  public static final int HEADER_LENGTH_MAX = 60;

  /** Offset of the checksum field within the header. */
  public static final int CHECKSUM_OFFSET = 16;

  public static final int FIN = 0x01;
  public static final int SYN = 0x02;
  public static final int RST = 0x04;
  public static final int PSH = 0x08;
  public static final int ACK = 0x10;
  public static final int URG = 0x20;
  public static final int ECE = 0x40;
  public static final int CWR = 0x80;

  private static final int SEQUENCE = 4;
  private static final int ACKNOWLEDGMENT = 8;
  private static final int DATA_OFFSET = 12;
  private static final int FLAGS = 13;
  private static final int WINDOW = 14;

  private Tcp() {}

  /** Returns the source port. */
  public static int sourcePort(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset);
  }

  /** Returns the destination port. */
  public static int destinationPort(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + 2);
  }

  /** Returns the sequence number; arithmetic on it is modulo 2^32. */
  public static int sequence(MemorySegment segment, long offset) {
    return Bytes.i32(segment, offset + SEQUENCE);
  }

  /** Sets the sequence number. */
  public static void sequence(MemorySegment segment, long offset, int sequence) {
    Bytes.putI32(segment, offset + SEQUENCE, sequence);
  }

  /** Returns the acknowledgment number; arithmetic on it is modulo 2^32. */
  public static int acknowledgment(MemorySegment segment, long offset) {
    return Bytes.i32(segment, offset + ACKNOWLEDGMENT);
  }

  /** Returns the header length in bytes as announced: 0 to 60, valid from 20. */
  public static int headerLength(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset + DATA_OFFSET) >>> 4 << 2;
  }

  /** Returns the eight flags from FIN to CWR. */
  public static int flags(MemorySegment segment, long offset) {
    return Bytes.u8(segment, offset + FLAGS);
  }

  /** Sets the eight flags from FIN to CWR. */
  public static void flags(MemorySegment segment, long offset, int flags) {
    Bytes.putU8(segment, offset + FLAGS, flags);
  }

  /** Returns the window as it stands, not scaled. */
  public static int window(MemorySegment segment, long offset) {
    return Bytes.u16(segment, offset + WINDOW);
  }
}
