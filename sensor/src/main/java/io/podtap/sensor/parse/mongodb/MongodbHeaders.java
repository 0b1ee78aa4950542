/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/** What a message's header looks like at any place of a stream. Stateless. */
final class MongodbHeaders {

  static final int LENGTH = 16;

  /** A document of 16 MiB, and as many in one message as the protocol's own limit has. */
  static final int MESSAGE_MAX = 64 << 20;

  private MongodbHeaders() {}

  /** As in {@link Resynchronizer.Header}, of what clients send. */
  static long request(Payload data, int at) {
    return message(data, at, /* answer= */ false);
  }

  /** As in {@link Resynchronizer.Header}, of what servers send. */
  static long answer(Payload data, int at) {
    return message(data, at, /* answer= */ true);
  }

  private static long message(Payload data, int at, boolean answer) {
    if (data.length() - at < LENGTH) {
      return data.u8(at + 3) > 4 ? Resynchronizer.NONE : Resynchronizer.MORE;
    }
    int length = MongodbMessages.i32(data, at);
    boolean plausible =
        length >= LENGTH
            && length <= MESSAGE_MAX
            && MongodbMessages.isKind(data, at)
            && (data.u32(at + 8) != 0) == answer;
    return plausible ? length : Resynchronizer.NONE;
  }
}
