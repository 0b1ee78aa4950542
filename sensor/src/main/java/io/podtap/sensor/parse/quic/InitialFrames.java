/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

/**
 * Walks over the frames of a decrypted Initial packet, of which only some kinds may be there.
 *
 * @see "RFC 9000 sections 12.4 and 19"
 */
final class InitialFrames {

  private static final int PADDING = 0x00;
  private static final int PING = 0x01;
  private static final int ACK = 0x02;
  private static final int ACK_WITH_ECN = 0x03;
  private static final int CRYPTO = 0x06;
  private static final int CONNECTION_CLOSE = 0x1C;

  private final byte[] bytes;
  private final int length;
  private int at;
  private boolean cut;

  private InitialFrames(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /**
   * Hands on what CRYPTO frames carry, up to the first frame that does not belong there.
   *
   * @return whether the connection is closed by one of the frames
   */
  static boolean read(byte[] bytes, int length, CryptoStream crypto) {
    InitialFrames frames = new InitialFrames(bytes, length);
    while (frames.at < length) {
      switch (bytes[frames.at++]) {
        case PADDING, PING -> {}
        case ACK -> frames.skipAck(0);
        case ACK_WITH_ECN -> frames.skipAck(3);
        case CRYPTO -> frames.crypto(crypto);
        case CONNECTION_CLOSE -> {
          return true;
        }
        default -> frames.at = length;
      }
    }
    return false;
  }

  private void crypto(CryptoStream crypto) {
    long offset = variable();
    long count = variable();
    if (cut || count > length - at) {
      at = length;
      return;
    }
    crypto.put(offset, bytes, at, (int) count);
    at += (int) count;
  }

  private void skipAck(int ecnCounts) {
    variable(); // largest acknowledged
    variable(); // delay
    long numbers = 1 + 2 * Math.min(variable(), length) + ecnCounts;
    for (long i = 0; i < numbers && !cut; i++) {
      variable();
    }
  }

  /** Returns an integer of variable length; 0 when it is cut short, as all that follow are then. */
  private long variable() {
    int count = at < length ? 1 << (bytes[at] >>> 6 & 3) : 1;
    if (count > length - at) {
      cut = true;
      at = length;
      return 0;
    }
    long value = bytes[at] & 0x3F;
    for (int i = 1; i < count; i++) {
      value = (value << 8) | (bytes[at + i] & 0xFF);
    }
    at += count;
    return value;
  }
}
