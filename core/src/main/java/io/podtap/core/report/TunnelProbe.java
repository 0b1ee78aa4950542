/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * A tap's question whether somebody reads its datagrams from a socket: what a {@link ReportFrame}
 * holds, sent through the tunnel on a lane. A Podtap receiver answers it with a {@link
 * TunnelReceipt}; every other one passes it over as it does a {@link TapReport}.
 *
 * <pre>
 * magic:64 version:8 zero:8 length:16 zero:32
 * nonce:64            random, unlike any other of this tap
 * zero:256            a receipt is never longer than the probe that it answers
 * </pre>
 *
 * <p>All numbers in network byte order.
 */
public final class TunnelProbe {

  /** Bytes of a probe. */
  public static final int LENGTH = 56;

  /** {@code "podtap-q"}. */
  private static final long MAGIC = 0x706F_6474_6170_2D71L;

  private static final int VERSION = 1;
  private static final int VERSION_AT = 8;
  private static final int LENGTH_AT = 10;
  private static final int NONCE_AT = 16;

  private TunnelProbe() {}

  /** Writes {@link #LENGTH} bytes. */
  public static void put(MemorySegment target, long offset, long nonce) {
    Bytes.clear(target, offset, LENGTH);
    Bytes.putI64(target, offset, MAGIC);
    Bytes.putU8(target, offset + VERSION_AT, VERSION);
    Bytes.putU16(target, offset + LENGTH_AT, LENGTH);
    Bytes.putI64(target, offset + NONCE_AT, nonce);
  }

  /**
   * Returns whether these bytes are a probe; what follows it, such as padding, is ignored.
   *
   * @param length bytes that are there
   */
  public static boolean isProbe(MemorySegment source, long offset, int length) {
    return length >= LENGTH
        && Bytes.i64(source, offset) == MAGIC
        && Bytes.u8(source, offset + VERSION_AT) == VERSION
        && Bytes.u16(source, offset + LENGTH_AT) == LENGTH;
  }

  /** Returns the number that the receipt has to carry. */
  public static long nonce(MemorySegment source, long offset) {
    return Bytes.i64(source, offset + NONCE_AT);
  }
}
