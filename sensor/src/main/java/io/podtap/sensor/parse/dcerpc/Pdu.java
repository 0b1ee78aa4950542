/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * A view of one PDU, or of its beginning.
 *
 * <pre>
 *   0       1       2       3       4               8       10      12
 *  +-------+-------+-------+-------+---------------+-------+-------+---------------+
 *  |   5   | minor | type  | flags | data          | PDU   | login | call          |
 *  |       |       |       |       | representation| length| length|               |
 *  +-------+-------+-------+-------+---------------+-------+-------+---------------+
 * </pre>
 *
 * Numbers are in the byte order that the representation names. A login's trailer has eight bytes of
 * its own in front of what it holds.
 *
 * @see "C706 section 12.6.3; [MS-RPCE] 2.2.2.11"
 */
final class Pdu {

  static final int HEADER = 16;
  static final int REQUEST = 0;
  static final int RESPONSE = 2;
  static final int BIND = 11;
  static final int BIND_ACK = 12;
  static final int ALTER_CONTEXT = 14;
  static final int ALTER_CONTEXT_RESPONSE = 15;

  /** The last type there is: a request to send. */
  private static final int TYPE_LAST = 20;

  private static final int TRAILER_HEADER = 8;
  private static final int FIRST = 1;
  private static final int LAST = 2;
  private static final int OBJECT = 0x80;

  private Payload bytes = new Payload();
  private boolean isLittle;

  Pdu wrap(Payload pdu) {
    bytes = pdu;
    isLittle = (pdu.u8(4) & 0xF0) != 0;
    return this;
  }

  /** Returns how long a PDU is whose header stands at {@code at}, as a {@link Resynchronizer}. */
  static long messageBytes(Payload data, int at) {
    if (data.u8(at) != 5 && data.u8(at) >= 0) {
      return Resynchronizer.NONE;
    }
    if (at > data.length() - HEADER) {
      return Resynchronizer.MORE;
    }
    boolean isKnown =
        data.u8(at + 1) <= 1
            && data.u8(at + 2) <= TYPE_LAST
            && (data.u8(at + 4) & 0xEE) == 0
            && data.u16(at + 6) == 0;
    boolean little = (data.u8(at + 4) & 0xF0) != 0;
    int length = little ? data.u16Little(at + 8) : data.u16(at + 8);
    int login = little ? data.u16Little(at + 10) : data.u16(at + 10);
    int trailer = login == 0 ? 0 : login + TRAILER_HEADER;
    return isKnown && length >= HEADER + trailer ? length : Resynchronizer.NONE;
  }

  /** Returns whether a stream begins with a PDU. */
  static boolean beginsWith(Payload p) {
    if (p.u8(0) != 5 || p.u8(1) > 1 || p.u8(2) > TYPE_LAST || p.length() < HEADER) {
      return false;
    }
    boolean little = (p.u8(4) & 0xF0) == 0x10;
    int length = little ? p.u16Little(8) : p.u16(8);
    return length >= HEADER && (p.u8(4) & 0x0F) == 0;
  }

  int u8(int at) {
    return bytes.u8(at);
  }

  int u16(int at) {
    return isLittle ? bytes.u16Little(at) : bytes.u16(at);
  }

  long u32(int at) {
    return isLittle ? bytes.u32Little(at) : bytes.u32(at);
  }

  int type() {
    return bytes.u8(2);
  }

  boolean isFirst() {
    return (bytes.u8(3) & FIRST) != 0;
  }

  boolean isLast() {
    return (bytes.u8(3) & LAST) != 0;
  }

  boolean hasObject() {
    return (bytes.u8(3) & OBJECT) != 0;
  }

  int length() {
    return u16(8);
  }

  int loginLength() {
    return u16(10);
  }

  long call() {
    return u32(12);
  }

  /** Returns bytes of the body: between the header and a login's trailer. */
  int bodyLength() {
    int trailer = loginLength() > 0 ? loginLength() + TRAILER_HEADER : 0;
    return Math.max(0, length() - HEADER - trailer);
  }

  /** Returns which kind of login the trailer belongs to, or -1 without one. */
  int loginType() {
    return loginLength() > 0 ? bytes.u8(length() - loginLength() - TRAILER_HEADER) : -1;
  }

  /** Returns a view of what the trailer holds. */
  Payload login() {
    return new Payload().wrap(bytes, length() - loginLength(), loginLength());
  }

  String text(int at, int count) {
    return bytes.text(at, count);
  }

  /**
   * Returns the identifier at {@code at} in the usual form, its first three numbers taken as least
   * significant byte first, whatever the PDU says.
   */
  String uuid(int at) {
    StringBuilder text = new StringBuilder(36);
    hex(text, bytes.u32Little(at), 8);
    hex(text.append('-'), bytes.u16Little(at + 4), 4);
    hex(text.append('-'), bytes.u16Little(at + 6), 4);
    hex(text.append('-'), bytes.u16(at + 8), 4);
    hex(text.append('-'), bytes.u16(at + 10), 4);
    hex(text, bytes.u32(at + 12), 8);
    return text.toString();
  }

  private static void hex(StringBuilder text, long value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      text.append(Character.forDigit((int) (value >>> shift) & 0xF, 16));
    }
  }
}
