/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of Kerberos. On its own port the tag of a message is enough; elsewhere a message of a
 * client and a KDC is known by its version and its kind, which stand at the same place in all.
 *
 * <pre>
 *   tag, length   30, length   a1 03 02 01 05   a2 03 02 01 ..   a request
 *   tag, length   30, length   a0 03 02 01 05   a1 03 02 01 ..   an answer or an error
 * </pre>
 *
 * @see "RFC 4120 sections 5.4, 5.9.1, 5.10 and 7.2.2"
 */
final class KerberosSignature {

  /** The length of a message in front of it, over TCP. */
  private static final int LENGTH_BYTES = 4;

  private static final int SEQUENCE = 0x30;
  private static final int VERSION_FIELD_BYTES = 5;

  private KerberosSignature() {}

  static boolean isMessage(Payload p) {
    return isTag(p.u8(0));
  }

  /** Returns whether a client's request or a KDC's answer begins here. */
  static boolean isExchange(Payload p) {
    return isExchange(p, 0);
  }

  /** Returns the same behind a length. */
  static boolean isMeasuredExchange(Payload p) {
    return p.u32(0) >= VERSION_FIELD_BYTES && isExchange(p, LENGTH_BYTES);
  }

  static boolean isMeasuredMessage(Payload p) {
    boolean measured = p.u8(5) >= 0x80 || p.u8(5) == p.length() - 6;
    return p.u32(0) == p.length() - 4L && isTag(p.u8(4)) && measured;
  }

  private static boolean isExchange(Payload p, int at) {
    int first =
        switch (p.u8(at)) {
          case 0x6A, 0x6C -> 0xA1;
          case 0x6B, 0x6D, 0x7E -> 0xA0;
          default -> -1;
        };
    int sequence = afterLength(p, at + 1);
    if (first < 0 || p.u8(sequence) != SEQUENCE) {
      return false;
    }
    int version = afterLength(p, sequence + 1);
    return isNumber(p, version, first)
        && p.u8(version + VERSION_FIELD_BYTES - 1) == 5
        && isNumber(p, version + VERSION_FIELD_BYTES, first + 1);
  }

  /** Returns whether a field of this tag holds an integer of one byte. */
  private static boolean isNumber(Payload p, int at, int tag) {
    return p.u8(at) == tag && p.u8(at + 1) == 3 && p.u8(at + 2) == 2 && p.u8(at + 3) == 1;
  }

  /** Returns the offset behind a length of at most four bytes. */
  private static int afterLength(Payload p, int at) {
    int first = p.u8(at);
    return at + 1 + (first > 0x80 && first <= 0x83 ? first & 0x7F : 0);
  }

  private static boolean isTag(int tag) {
    return (tag >= 0x6A && tag <= 0x6F) || tag == 0x7E;
  }
}
