/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of PostgreSQL, and messages of the client in the middle of a connection.
 *
 * @see "PostgreSQL documentation, message formats"
 */
final class PostgresqlSignature {

  private static final int VERSION_3 = 0x0003_0000;
  private static final int SSL_REQUEST = 80_877_103;

  private PostgresqlSignature() {}

  static boolean isStartup(Payload p) {
    return p.u32(0) == p.length() && (p.u32(4) == VERSION_3 || p.u32(4) == SSL_REQUEST);
  }

  /** The answer to the request for TLS, or to the start-up message. */
  static boolean isAnswer(Payload p) {
    boolean isTlsAnswer = p.length() == 1 && (p.u8(0) == 'S' || p.u8(0) == 'N');
    return isTlsAnswer || (p.u8(0) == 'R' && p.u32(1) >= 8 && p.u32(1) <= p.length());
  }

  /** Messages of the client that fill the segment, the first one a query, a Parse or a Bind. */
  static boolean isClientMessages(Payload p) {
    int first = p.u8(0);
    if (first != 'Q' && first != 'P' && first != 'B') {
      return false;
    }
    long at = 0;
    while (at < p.length()) {
      long length = p.u32((int) at + 1);
      if (length < 4 || "QPBEDSCHFX".indexOf(p.u8((int) at)) < 0) {
        return false;
      }
      at += 1 + length;
    }
    return at == p.length() && (first != 'Q' || p.u8(p.length() - 1) == 0);
  }
}
