/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pop3;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.mail.ContentDecoder;

/**
 * The lines by which a client logs in after AUTH: base 64, not kept. One thread.
 *
 * @see "RFC 5034; RFC 4616 section 2"
 */
final class AuthenticationLines {

  private final Session session;
  private boolean awaited;
  private boolean isPlain;

  AuthenticationLines(Session session) {
    this.session = session;
  }

  /** Returns whether the client's next line is one of these and no command. */
  boolean areAwaited() {
    return awaited;
  }

  /** Begins: the client asked for a mechanism. */
  void await(String mechanism) {
    awaited = true;
    isPlain = mechanism.contains("PLAIN") && !mechanism.contains("LOGIN");
  }

  /** Ends: the server has accepted or refused them. */
  void end() {
    awaited = false;
  }

  /** Takes a line of the client; is it not base 64, or does it lack a part, that is noted. */
  void line(Payload line) {
    ContentDecoder decoder = new ContentDecoder();
    Payload decoded = decoder.base64(session, line);
    decoder.end(session);
    if (isPlain) {
      int first = decoded.indexOf(0, 0);
      int second = first < 0 ? -1 : decoded.indexOf(0, first + 1);
      if (second < 0 || second + 1 >= decoded.length()) {
        session.weird("pop3_malformed_auth_plain", "");
      }
    }
  }
}
