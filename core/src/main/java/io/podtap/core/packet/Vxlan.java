/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The VXLAN header.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|R|R|R|I|R|R|R|                   Reserved                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           VXLAN network identifier            |   Reserved    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @see "RFC 7348 section 5"
 */
public final class Vxlan {

  /** Registered UDP destination port. */
  public static final int PORT = 4789;

  /** Bytes of the header. */
  public static final int HEADER_LENGTH = 8;

  /** Largest network identifier. */
  public static final int VNI_MAX = 0xFF_FFFF;

  private static final int FLAG_VNI_VALID = 0x0800_0000;

  private Vxlan() {}

  /** Writes a header: I flag and VNI, every reserved bit zero (Suricata refuses anything else). */
  public static void put(MemorySegment segment, long offset, int vni) {
    Bytes.putI32(segment, offset, FLAG_VNI_VALID);
    Bytes.putI32(segment, offset + 4, vni << 8);
  }

  /** Returns whether the I flag says that the VNI is valid. */
  public static boolean isVniValid(MemorySegment segment, long offset) {
    return (Bytes.i32(segment, offset) & FLAG_VNI_VALID) != 0;
  }

  /** Returns the network identifier. */
  public static int vni(MemorySegment segment, long offset) {
    return Bytes.u24(segment, offset + 4);
  }
}
