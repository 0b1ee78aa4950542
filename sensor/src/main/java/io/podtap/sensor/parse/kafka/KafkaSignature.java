/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kafka;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of a Kafka client: size, kind, version, correlation id, the client's name.
 *
 * @see "Kafka protocol guide, request header v1"
 */
final class KafkaSignature {

  private static final int HEADER_BYTES = 14;
  private static final long FIRST_BYTES_MAX = 1 << 20;
  private static final int KIND_MAX = 127;
  private static final int VERSION_MAX = 31;
  private static final int CLIENT_MAX = 249;
  private static final int NO_CLIENT = 0xFFFF;

  private KafkaSignature() {}

  static boolean isRequest(Payload p) {
    long size = p.u32(0);
    int name = p.u16(12) == NO_CLIENT ? 0 : p.u16(12);
    boolean plausible =
        p.length() >= HEADER_BYTES
            && size >= HEADER_BYTES - 4 + name
            && size <= FIRST_BYTES_MAX
            && p.u16(4) <= KIND_MAX
            && p.u16(6) <= VERSION_MAX
            && name <= CLIENT_MAX;
    for (int at = HEADER_BYTES; plausible && at < HEADER_BYTES + name && p.u8(at) >= 0; at++) {
      plausible = p.u8(at) >= ' ' && p.u8(at) < 0x7F;
    }
    return plausible;
  }
}
