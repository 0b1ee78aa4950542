/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * The answer to a {@link TunnelProbe}: this receiver reads a socket, and has received so much on
 * the lane. What a {@link ReportFrame} holds, behind a tunnel header of the same network
 * identifier, so that whoever watches the tunnel sees nothing but the tunnel's format.
 *
 * <pre>
 * magic:64 version:8 flags:8 length:16 zero:32
 * nonce:64            that of the probe
 * receiver:64         random, of this start of the receiver
 * packets:64          mirrored packets received on the lane before the probe
 * datagrams:64        the same with reports and probes, this one included
 *
 * flags: 1 datagrams may leave joined, 2 the counts are this lane's
 * </pre>
 *
 * <p>All numbers in network byte order. It comes from the network: nothing but the nonce says that
 * the receiver has written it.
 */
public final class TunnelReceipt {

  /** Bytes of a receipt. */
  public static final int LENGTH = 48;

  public static final int VERSION = 1;

  /** The receiver takes joined datagrams apart: it reads a socket. */
  public static final int FLAG_JOINED = 1;

  /** The counts are known; a receiver that watches too many senders has none. */
  public static final int FLAG_COUNTS = 2;

  /** {@code "podtap-r"}. */
  private static final long MAGIC = 0x706F_6474_6170_2D72L;

  private static final int VERSION_AT = 8;
  private static final int FLAGS_AT = 9;
  private static final int LENGTH_AT = 10;
  private static final int NONCE_AT = 16;
  private static final int RECEIVER_AT = 24;
  private static final int PACKETS_AT = 32;
  private static final int DATAGRAMS_AT = 40;

  private TunnelReceipt() {}

  /**
   * Writes {@link #LENGTH} bytes.
   *
   * @param flags sum of the {@code FLAG_} constants
   */
  public static void put(
      MemorySegment target,
      long offset,
      int flags,
      long nonce,
      long receiver,
      long packets,
      long datagrams) {
    Bytes.clear(target, offset, LENGTH);
    Bytes.putI64(target, offset, MAGIC);
    Bytes.putU8(target, offset + VERSION_AT, VERSION);
    Bytes.putU8(target, offset + FLAGS_AT, flags);
    Bytes.putU16(target, offset + LENGTH_AT, LENGTH);
    Bytes.putI64(target, offset + NONCE_AT, nonce);
    Bytes.putI64(target, offset + RECEIVER_AT, receiver);
    Bytes.putI64(target, offset + PACKETS_AT, packets);
    Bytes.putI64(target, offset + DATAGRAMS_AT, datagrams);
  }

  /** Returns whether these bytes begin as a receipt of any version does. */
  public static boolean isReceipt(MemorySegment source, long offset, int length) {
    return length > FLAGS_AT && Bytes.i64(source, offset) == MAGIC;
  }

  /** Returns the version of what {@link #isReceipt}. */
  public static int version(MemorySegment source, long offset) {
    return Bytes.u8(source, offset + VERSION_AT);
  }

  /** Returns whether a receipt of {@link #VERSION} has the length that it says and must have. */
  public static boolean isWhole(MemorySegment source, long offset, int length) {
    return length == LENGTH && Bytes.u16(source, offset + LENGTH_AT) == LENGTH;
  }

  public static int flags(MemorySegment source, long offset) {
    return Bytes.u8(source, offset + FLAGS_AT);
  }

  public static long nonce(MemorySegment source, long offset) {
    return Bytes.i64(source, offset + NONCE_AT);
  }

  public static long receiver(MemorySegment source, long offset) {
    return Bytes.i64(source, offset + RECEIVER_AT);
  }

  public static long packets(MemorySegment source, long offset) {
    return Bytes.i64(source, offset + PACKETS_AT);
  }

  public static long datagrams(MemorySegment source, long offset) {
    return Bytes.i64(source, offset + DATAGRAMS_AT);
  }
}
