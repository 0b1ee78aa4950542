/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kafka;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * What a request's header looks like at any place of a stream. Stateless.
 *
 * <pre>
 * | size 4 | kind 2 | version 2 | correlation id 4 | length 2, the client's name |
 * </pre>
 *
 * @see "Apache Kafka, protocol guide: request headers"
 */
final class KafkaHeaders {

  /** Size, kind, version, correlation id, length of the client's name. */
  static final int REQUEST = 14;

  static final int SIZE_FIELD = 4;
  static final long MESSAGE_MAX = 1L << 30;
  static final int CLIENT_MAX = 249;
  static final int NO_CLIENT = 0xFFFF;

  /** Kinds and versions that are assigned end below these. */
  private static final int KIND_MAX = 127;

  private static final int VERSION_MAX = 31;

  private KafkaHeaders() {}

  /** As in {@link Resynchronizer.Header}: strict, for there is nothing else to go by. */
  static long request(Payload data, int at) {
    if (data.length() - at < REQUEST) {
      return data.u8(at) > 0x40 ? Resynchronizer.NONE : Resynchronizer.MORE;
    }
    long size = data.u32(at);
    int name = data.u16(at + 12) == NO_CLIENT ? 0 : data.u16(at + 12);
    if (size < REQUEST - SIZE_FIELD + name
        || size > MESSAGE_MAX
        || data.u16(at + 4) > KIND_MAX
        || data.u16(at + 6) > VERSION_MAX
        || name > CLIENT_MAX) {
      return Resynchronizer.NONE;
    }
    for (int i = at + REQUEST; i < at + REQUEST + name; i++) {
      int letter = data.u8(i);
      if (letter < 0) {
        return Resynchronizer.MORE;
      }
      if (letter < ' ' || letter >= 0x7F) {
        return Resynchronizer.NONE;
      }
    }
    return size + SIZE_FIELD;
  }
}
