/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

/** Writes numbers as bytes, each a character of a Latin-1 text, so that messages can be joined. */
final class Octets {

  private Octets() {}

  static String u8(int value) {
    return String.valueOf((char) (value & 0xFF));
  }

  static String u16(int value) {
    return u8(value >> 8) + u8(value);
  }

  static String u24(int value) {
    return u8(value >> 16) + u16(value);
  }

  static String u32(long value) {
    return u16((int) (value >> 16)) + u16((int) value);
  }

  /** As {@link #u16}, the lowest byte first; so are those below. */
  static String little16(int value) {
    return u8(value) + u8(value >> 8);
  }

  static String little24(int value) {
    return little16(value) + u8(value >> 16);
  }

  static String little32(long value) {
    return little16((int) value) + little16((int) (value >> 16));
  }

  static String little64(long value) {
    return little32(value) + little32(value >> 32);
  }

  /** Seven bits a byte, the lowest first, as in MQTT and the integers of HPACK. */
  static String sevenBits(int value) {
    StringBuilder text = new StringBuilder();
    int rest = value;
    for (; rest >= 0x80; rest >>= 7) {
      text.append((char) ((rest & 0x7F) | 0x80));
    }
    return text.append((char) rest).toString();
  }

  /** A length in one byte and the text. */
  static String short8(String text) {
    return u8(text.length()) + text;
  }

  /** A length in two bytes and the text. */
  static String short16(String text) {
    return u16(text.length()) + text;
  }

  /** A length in four bytes and the text. */
  static String long32(String text) {
    return u32(text.length()) + text;
  }

  static String zeros(int count) {
    return "\0".repeat(count);
  }

  /** A value of BER or DER: tag, definite length, content. */
  static String ber(int tag, String content) {
    int length = content.length();
    String head =
        length < 0x80
            ? u8(length)
            : length < 0x100 ? "\u0081" + u8(length) : "\u0082" + u16(length);
    return u8(tag) + head + content;
  }
}
