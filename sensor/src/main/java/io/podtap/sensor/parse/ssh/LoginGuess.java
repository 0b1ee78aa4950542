/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

/**
 * Guesses from the lengths of what the server sends encrypted whether somebody got in, as Zeek
 * does.
 *
 * <p>The server's first answer accepts the service: 17 bytes that fill 32. SUCCESS is one byte that
 * fills 16, so it is 16 bytes shorter whatever the MAC adds. The answer between them refuses the
 * method "none"; another of its length refuses another attempt.
 *
 * @see "RFC 4253 sections 6 and 10; RFC 4252 section 5.1"
 */
final class LoginGuess {

  /** What an answer says. */
  enum Answer {
    NOTHING,
    REFUSED,
    ACCEPTED
  }

  private static final int SHORTER_BYTES = 16;

  /** An answer so much longer than the first is a text to read before logging in. */
  private static final int BANNER_BYTES_MIN = 256;

  private boolean clientSpoke;
  private boolean bannerSeen;
  private int acceptedBytes;
  private int refusedBytes;

  /** Notes that the client has sent something encrypted: only then answers count. */
  void onClient() {
    clientSpoke = true;
  }

  /** Takes an answer's length. */
  Answer onServer(int length) {
    if (!clientSpoke) {
      return Answer.NOTHING;
    }
    if (acceptedBytes == 0) {
      acceptedBytes = length;
      return Answer.NOTHING;
    }
    if (length == refusedBytes) {
      return Answer.REFUSED;
    }
    if (length == acceptedBytes - SHORTER_BYTES) {
      return Answer.ACCEPTED;
    }
    if (refusedBytes == 0) {
      if (!bannerSeen && length - acceptedBytes > BANNER_BYTES_MIN) {
        bannerSeen = true;
      } else {
        refusedBytes = length;
      }
    }
    return Answer.NOTHING;
  }
}
