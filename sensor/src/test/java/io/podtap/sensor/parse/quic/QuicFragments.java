/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

/** Initial packets whose CRYPTO frames never become a whole message. */
public final class QuicFragments {

  private QuicFragments() {}

  /** Returns a client's datagram that holds so many bytes at a place in the stream. */
  public static byte[] at(int offset, int length) {
    try {
      return QuicParserTest.initial(
          /* client= */ true, QuicParserTest.crypto(offset, new byte[length]));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
