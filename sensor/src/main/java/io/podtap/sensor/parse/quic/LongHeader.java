/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.Payload;

/**
 * Where the parts of a packet with a long header stand, counted from its first byte. One object
 * serves one packet after another.
 *
 * <pre>
 * | 1 fixed type .... | version (4) | length, destination id | length, source id |
 * Initial:             | length, token | length of what follows | packet number, payload |
 * 0-RTT, Handshake:    | length of what follows | packet number, payload |
 * Retry:               | token, integrity tag: all that is left |
 * </pre>
 *
 * @see "RFC 8999 section 5.1; RFC 9000 sections 16 and 17.2"
 */
final class LongHeader {

  static final int INITIAL = 0;
  static final int ZERO_RTT = 1;
  static final int HANDSHAKE = 2;
  static final int RETRY = 3;

  private static final int ID_LENGTH_MAX = 20;

  long version;
  int destinationAt;
  int destinationLength;
  int sourceAt;
  int sourceLength;
  int type;
  int numberAt;

  /** Bytes of the packet, header included. */
  int packetLength;

  /** Reads version and connection ids, which every version has; false when they are cut short. */
  boolean readInvariant(Payload data) {
    version = data.u32(1);
    destinationLength = data.u8(5);
    destinationAt = 6;
    sourceLength = data.u8(destinationAt + destinationLength);
    sourceAt = destinationAt + destinationLength + 1;
    return destinationLength >= 0 && sourceLength >= 0 && sourceAt + sourceLength <= data.length();
  }

  /**
   * Reads what a version that is known has behind that; false when it is cut short or malformed.
   */
  boolean readRest(Payload data, QuicVersion known) {
    type = known.type(data.u8(0));
    long at = (long) sourceAt + sourceLength;
    if (destinationLength > ID_LENGTH_MAX || sourceLength > ID_LENGTH_MAX) {
      return false;
    }
    if (type == RETRY) {
      packetLength = data.length();
      return true;
    }
    if (type == INITIAL) {
      long token = variable(data, at);
      at += variableLength(data, at) + token;
      if (token < 0 || at >= data.length()) {
        return false;
      }
    }
    long length = variable(data, at);
    at += variableLength(data, at);
    if (length < 0 || at + length > data.length()) {
      return false;
    }
    numberAt = (int) at;
    packetLength = (int) (at + length);
    return true;
  }

  private static int variableLength(Payload data, long at) {
    return 1 << (data.u8((int) at) >>> 6 & 3);
  }

  /** Returns an integer of variable length, or -1 when it is cut short. */
  private static long variable(Payload data, long at) {
    int length = variableLength(data, at);
    if (at + length > data.length()) {
      return -1;
    }
    long value = data.u8((int) at) & 0x3F;
    for (int i = 1; i < length; i++) {
      value = value << 8 | data.u8((int) at + i);
    }
    return value;
  }
}
