/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of MongoDB: a message's header.
 *
 * @see "MongoDB wire protocol, standard message header"
 */
final class MongodbSignature {

  private static final int HEADER_BYTES = 16;
  private static final int REPLY_BYTES = 36;
  private static final int LENGTH_MAX = 64 << 20;

  private MongodbSignature() {}

  static boolean isRequest(Payload p) {
    return isMessage(p, /* answer= */ false);
  }

  static boolean isAnswer(Payload p) {
    return isMessage(p, /* answer= */ true);
  }

  private static boolean isMessage(Payload p, boolean answer) {
    int length = Integer.reverseBytes((int) p.u32(0));
    boolean answers = p.u32(8) != 0;
    if (p.length() < HEADER_BYTES || length < HEADER_BYTES || length > LENGTH_MAX) {
      return false;
    }
    return switch (Integer.reverseBytes((int) p.u32(12))) {
      case 1 -> answer && answers && isReply(p, length);
      case 2_004 -> !answer && !answers;
      case 2_012, 2_013 -> answer == answers;
      default -> false;
    };
  }

  /** Flags, cursor, and counts of OP_REPLY: a call number of DCE/RPC looks like its code. */
  private static boolean isReply(Payload p, int length) {
    int flags = Integer.reverseBytes((int) p.u32(16));
    int first = Integer.reverseBytes((int) p.u32(28));
    int count = Integer.reverseBytes((int) p.u32(32));
    return p.length() >= REPLY_BYTES
        && length >= REPLY_BYTES
        && (flags & ~0xF) == 0
        && first >= 0
        && count >= 0
        && count <= length;
  }
}
