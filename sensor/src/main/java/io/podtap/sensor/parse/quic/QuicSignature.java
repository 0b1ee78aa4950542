/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of QUIC: a long header with a version that is known.
 *
 * @see "RFC 9000 sections 14.1 and 17.2; RFC 9369"
 */
final class QuicSignature {

  private static final int VERSION_1 = 1;
  private static final long VERSION_2 = 0x6B33_43CFL;
  private static final long DRAFT = 0xFF00_0000L;
  private static final int CONNECTION_ID_MAX = 20;
  private static final int INITIAL_BYTES_MIN = 1_200;

  private QuicSignature() {}

  static boolean isLongHeader(Payload p) {
    if ((p.u8(0) & 0xC0) != 0xC0 || p.u8(0) < 0) {
      return false;
    }
    long version = p.u32(1);
    boolean isKnown =
        version == VERSION_2 || version == VERSION_1 || (version & 0xFFFF_FF00L) == DRAFT;
    return isKnown && p.u8(5) <= CONNECTION_ID_MAX;
  }

  /** An Initial packet in a datagram as long as a client's must be. */
  static boolean isHello(Payload p) {
    int type = (p.u8(0) >>> 4) & 3;
    int initial = p.u32(1) == VERSION_2 ? 1 : 0;
    return (p.u8(0) & 0xC0) == 0xC0 && type == initial && p.length() >= INITIAL_BYTES_MIN;
  }
}
