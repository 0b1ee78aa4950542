/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/**
 * Walks through one message. Every reading step says what is odd in {@link #problem} and stops
 * there; nothing behind it is believed. One thread; used again for every message.
 *
 * @see "RFC 1035 section 4"
 */
final class DnsMessageReader {

  static final int HEADER_LENGTH = 12;

  private static final int NAME_LENGTH_MAX = 255;

  /** Room for the labels of a name, beyond which no more are read. */
  private static final int NAME_ROOM = 512;

  private static final int LABEL_LENGTH_MAX = 63;
  private static final int POINTER = 0xC0;

  /** A pointer leads backwards, so this many are as many as any name needs. */
  private static final int POINTERS_MAX = 128;

  private final StringBuilder name = new StringBuilder(NAME_LENGTH_MAX);
  private Payload message = new Payload();
  private @Nullable Session session;
  private int at;
  private String problem = "";

  /**
   * Begins with a message.
   *
   * @param session told of labels that are weird; what stands before them is the name
   */
  void begin(Payload message, Session session) {
    this.message = message;
    this.session = session;
    at = HEADER_LENGTH;
    problem = "";
  }

  /** Returns what is odd, as Zeek names it, or an empty text. */
  String problem() {
    return problem;
  }

  int at() {
    return at;
  }

  void seek(int position) {
    at = position;
  }

  int id() {
    return message.u16(0);
  }

  boolean isResponse() {
    return (message.u8(2) & 0x80) != 0;
  }

  int opcode() {
    return message.u8(2) >>> 3 & 0xF;
  }

  boolean isAuthoritative() {
    return (message.u8(2) & 0x04) != 0;
  }

  boolean isTruncated() {
    return (message.u8(2) & 0x02) != 0;
  }

  boolean isRecursionDesired() {
    return (message.u8(2) & 0x01) != 0;
  }

  boolean isRecursionAvailable() {
    return (message.u8(3) & 0x80) != 0;
  }

  int reserved() {
    return message.u8(3) >>> 4 & 0x7;
  }

  int rcode() {
    return message.u8(3) & 0xF;
  }

  int questions() {
    return message.u16(4);
  }

  int answers() {
    return message.u16(6);
  }

  /** Returns how many records of authority there are; in an update, how many updates. */
  int authorities() {
    return message.u16(8);
  }

  /** Returns how many records there are in all, as the header says. */
  int records() {
    return answers() + message.u16(8) + message.u16(10);
  }

  /** Reads two bytes, or -1 and a problem. */
  int u16(String otherwise) {
    int value = message.u16(at);
    if (value < 0 && problem.isEmpty()) {
      problem = otherwise;
    }
    at += 2;
    return value;
  }

  long u32() {
    long value = message.u32(at);
    at += 4;
    return value;
  }

  int u8At(int position) {
    return message.u8(position);
  }

  int u16At(int position) {
    return message.u16(position);
  }

  long u32At(int position) {
    return message.u32(position);
  }

  String text(int position, int length) {
    return message.text(position, length);
  }

  int length() {
    return message.length();
  }

  /**
   * Reads a name in lower case, labels joined by dots, empty for the root; the position moves
   * behind it. A label that is weird ends the name, which is what came before.
   *
   * @return empty with a {@link #problem} when nothing behind it can be read
   */
  String name() {
    name.setLength(0);
    int position = at;
    int behind = -1;
    for (int pointers = 0; ; ) {
      int length = message.u8(position);
      if (length < 0) {
        return broken("dns_invalid_name");
      }
      if ((length & POINTER) == POINTER) {
        int target = message.u16(position);
        if (target < 0) {
          return broken("dns_invalid_name");
        }
        behind = behind < 0 ? position + 2 : behind;
        target &= 0x3FFF;
        if (target >= position) {
          return cut("DNS_label_forward_compress_offset", "", behind);
        }
        if (++pointers > POINTERS_MAX) {
          return cut(
              "DNS_max_compression_chain_depth_exceeded", Integer.toString(pointers), behind);
        }
        position = target;
        continue;
      }
      position++;
      if (length == 0) {
        at = behind < 0 ? position : behind;
        return name.length() < NAME_LENGTH_MAX ? name.toString() : broken("DNS_NAME_too_long");
      }
      if (position + length > message.length()) {
        return cut("DNS_label_len_gt_pkt", "", behind < 0 ? message.length() : behind);
      }
      if (length > LABEL_LENGTH_MAX && !isNetbios()) {
        return cut("DNS_label_too_long", "", behind < 0 ? position : behind);
      }
      if (name.length() + length + 1 > NAME_ROOM) {
        return cut("DNS_label_len_gt_name_len", "", behind < 0 ? position : behind);
      }
      append(position, length);
      position += length;
    }
  }

  private boolean isNetbios() {
    return session != null && session.flow().responderPort() == DnsNames.NETBIOS_PORT;
  }

  private String cut(String weird, String detail, int next) {
    if (session != null) {
      session.weird(weird, detail);
    }
    at = next;
    return name.toString();
  }

  private void append(int position, int length) {
    if (!name.isEmpty()) {
      name.append('.');
    }
    for (int i = 0; i < length; i++) {
      int c = message.u8(position + i);
      name.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
  }

  private String broken(String what) {
    problem = problem.isEmpty() ? what : problem;
    at = message.length();
    return "";
  }
}
