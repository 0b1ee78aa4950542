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

  /** What a server says; POP3 says some of it, too. */
  static Match answer(Payload p) {
    if (p.has(0, "+OK") || p.has(0, "-ERR")) {
      return Match.SHARED;
    }
    return p.u8(0) == ':' && p.firstLineHas(" ") ? Match.NONE : Match.ALONE;
  }
}
