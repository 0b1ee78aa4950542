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
    return at == p.length()
        && switch (first) {
          case 'P' -> isParse(p);
          case 'B' -> isBind(p);
          default -> p.u8(p.length() - 1) == 0;
        };
  }

  /** Name, query, and types of parameters that fill the message. */
  private static boolean isParse(Payload p) {
    int query = behindTexts(p);
    return query > 0 && query + 2L + 4L * p.u16(query) == 1 + p.u32(1);
  }

  /** Portal, statement, formats, parameters, and formats of results that fill the message. */
  private static boolean isBind(Payload p) {
    int formats = behindTexts(p);
    if (formats < 0 || p.u16(formats) < 0) {
      return false;
    }
    long at = formats + 2L + 2L * p.u16(formats);
    int parameters = at < p.length() ? p.u16((int) at) : -1;
    at += 2;
    for (int i = 0; i < parameters && at < p.length(); i++) {
      int length = (int) p.u32((int) at); // -1 is NULL
      at += 4L + Math.max(0, length);
    }
    return parameters >= 0 && at < p.length() && at + 2 + 2L * p.u16((int) at) == 1 + p.u32(1);
  }

  /** Returns where the two texts end with which a message begins, or -1. */
  private static int behindTexts(Payload p) {
    int first = p.indexOf(0, 5);
    int second = first < 0 ? -1 : p.indexOf(0, first + 1);
    return second < 0 ? -1 : second + 1;
  }
}
