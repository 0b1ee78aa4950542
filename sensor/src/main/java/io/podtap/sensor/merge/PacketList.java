/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import org.jspecify.annotations.Nullable;

/** Packets by age, linked by themselves. */
final class PacketList {

  @Nullable HeldPacket oldest;
  private @Nullable HeldPacket youngest;

  void add(HeldPacket packet) {
    packet.older = youngest;
    packet.younger = null;
    if (youngest == null) {
      oldest = packet;
    } else {
      youngest.younger = packet;
    }
    youngest = packet;
  }

  void remove(HeldPacket packet) {
    if (packet.older == null) {
      oldest = packet.younger;
    } else {
      packet.older.younger = packet.younger;
    }
    if (packet.younger == null) {
      youngest = packet.older;
    } else {
      packet.younger.older = packet.older;
    }
    packet.older = null;
    packet.younger = null;
  }
}
