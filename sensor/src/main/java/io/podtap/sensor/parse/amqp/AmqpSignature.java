/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.amqp;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of AMQP, and frames in the middle of a connection.
 *
 * @see "AMQP 0-9-1 section 4.2; OASIS AMQP 1.0 sections 2.2 and 2.3"
 */
final class AmqpSignature {

  /** Of a connection, of its start: class 10, method 10. */
  private static final int START = 0x000A_000A;

  private AmqpSignature() {}

  static boolean isClientHeader(Payload p) {
    return p.has(0, "AMQP") && p.u8(4) <= 3;
  }

  static boolean isServerHeader(Payload p) {
    return p.has(0, "AMQP") || isStart(p);
  }

  static boolean isStart(Payload p) {
    return p.u8(0) == 1 && p.u16(1) == 0 && p.u32(7) == START;
  }

  /** A frame of 0-9-1 with its last byte, or a performative of 1.0 with its descriptor. */
  static boolean isFrame(Payload p) {
    int type = p.u8(0);
    long size = p.u32(3);
    if ((type == 1 || type == 2) && size >= 4 && p.u8(7) == 0 && isClass(p.u8(8))) {
      return type == 2 || (p.u8(9) == 0 && p.u8(10) >= 10 && p.u8(10) < 130);
    }
    if (type == 8 && size == 0 && p.u16(1) == 0 && p.u8(7) == 0xCE) {
      return true;
    }
    boolean isDescribed = p.u8(8) == 0 && p.u8(9) == 0x53;
    boolean isCode = (p.u8(10) >= 0x10 && p.u8(10) <= 0x18) || (p.u8(10) & 0xF8) == 0x40;
    return p.u32(0) < 1 << 20 && p.u8(4) == 2 && p.u8(5) <= 1 && isDescribed && isCode;
  }

  private static boolean isClass(int number) {
    return switch (number) {
      case 10, 20, 40, 50, 60, 85, 90 -> true;
      default -> false;
    };
  }
}
