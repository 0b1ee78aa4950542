/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.hello.Extensions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server chose.
 *
 * @see "RFC 8446 section 4.1.3; RFC 5246 section 7.4.1.3"
 */
final class ServerHello {

  private static final int VERSION_AT = 4;
  private static final int RANDOM_AT = 6;
  private static final int RANDOM_LENGTH = 32;
  private static final int SESSION_AT = 38;
  private static final int COUNT_MAX = 64;

  /** The SHA-256 of "HelloRetryRequest", which stands for the random of one. */
  private static final long RETRY_BEGINS = 0xCF21_AD74L;

  private static final long RETRY_ENDS = 0xC8A8_339CL;

  /** The version in the old place, from which JA3S is made. */
  final int legacyVersion;

  /** As the extension of that name says, or -1 without it. */
  final int selectedVersion;

  final boolean retry;
  final String session;
  final int cipher;
  final int group;
  final boolean preSharedKey;
  final @Nullable String protocol;
  final boolean wellFormed;
  final List<Integer> extensions = new ArrayList<>();

  private ServerHello(Payload message) {
    legacyVersion = message.u16(VERSION_AT);
    retry =
        message.u32(RANDOM_AT) == RETRY_BEGINS
            && message.u32(RANDOM_AT + RANDOM_LENGTH - 4) == RETRY_ENDS;
    boolean draft = (legacyVersion & 0xFF00) == 0x7F00; // the drafts of TLS 1.3 had no session
    int sessionLength = draft ? -1 : Math.max(message.u8(SESSION_AT), 0);
    session = draft ? "" : message.text(SESSION_AT + 1, sessionLength);
    int at = SESSION_AT + 1 + sessionLength;
    cipher = message.u16(at);
    Extensions walk = new Extensions(message, at + (draft ? 2 : 3));
    int chosen = -1;
    int share = -1;
    boolean shared = false;
    String selected = null;
    while (walk.next() && extensions.size() < COUNT_MAX) {
      extensions.add(walk.type());
      switch (walk.type()) {
        case Extensions.SUPPORTED_VERSIONS -> chosen = message.u16(walk.at());
        case Extensions.KEY_SHARE, Extensions.KEY_SHARE_OLD ->
            share = walk.length() < 2 ? share : message.u16(walk.at());
        case Extensions.PRE_SHARED_KEY -> shared = true;
        case Extensions.PROTOCOLS -> selected = protocol(message, walk);
        default -> {}
      }
    }
    selectedVersion = chosen;
    wellFormed = message.u16(at) >= 0;
    group = share;
    preSharedKey = shared;
    protocol = selected;
  }

  private static @Nullable String protocol(Payload message, Extensions one) {
    int length = message.u8(one.at() + 2);
    return length <= 0 || length > one.length() - 3 ? null : message.text(one.at() + 3, length);
  }

  /** Reads a handshake message, header included; what is cut short is not there. */
  static ServerHello read(Payload message) {
    return new ServerHello(message);
  }
}
