/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.protocol.Signature.Match;

/**
 * First bytes of Redis.
 *
 * @see "Redis serialization protocol specification"
 */
final class RedisSignature {

  private RedisSignature() {}

  static boolean isCommand(Payload p) {
    return p.has(0, "*") && p.firstLineHas("\r") && p.has(4, "$");
  }

  /** What no server says: a list of texts of which the first is a frequent command. */
  static boolean isFrequentCommand(Payload p) {
    int text = isCommand(p) ? p.indexOf('$', 0) : -1;
    int name = text < 0 ? -1 : p.indexOf('\n', text) + 1;
    int end = name <= 0 ? -1 : p.indexOf('\r', name);
    return end > name && CommandNames.isFrequent(p.text(name, end - name));
  }

  /** What no client says: a status that servers have, a number, or the length of a text. */
  static boolean isReply(Payload p) {
    return switch (p.u8(0)) {
      case '+' -> p.has(1, "OK\r\n") || p.has(1, "PONG\r\n") || p.has(1, "QUEUED\r\n");
      case ':', '$', '%' -> {
        int at = p.u8(1) == '-' ? 2 : 1;
        int end = at;
        while (p.u8(end) >= '0' && p.u8(end) <= '9') {
          end++;
        }
        yield end > at && p.has(end, "\r\n");
      }
      default -> false;
    };
  }

  /** What a server says; POP3 says some of it, too. */
  static Match answer(Payload p) {
    if (p.has(0, "+OK") || p.has(0, "-ERR")) {
      return Match.SHARED;
    }
    return p.u8(0) == ':' && p.firstLineHas(" ") ? Match.NONE : Match.ALONE;
  }
}
