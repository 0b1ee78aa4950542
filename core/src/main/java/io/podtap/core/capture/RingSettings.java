/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.capture;

import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.PacketRing;

/**
 * The memory of one interface's ring.
 *
 * @param ringBytes all of it, fixed from the start
 * @param blockBytes what the kernel hands over at a time, a power of two; a longer frame is cut
 * @param retireTimeoutMs how long a frame may wait for its block to fill
 */
public record RingSettings(int ringBytes, int blockBytes, int retireTimeoutMs) {

  /** 8 MiB in blocks of 256 KiB, 20 ms. */
  public static final RingSettings DEFAULT =
      new RingSettings(
          PacketRing.RING_BYTES_DEFAULT,
          PacketRing.BLOCK_BYTES_DEFAULT,
          PacketRing.RETIRE_TIMEOUT_MS_DEFAULT);

  public RingSettings {
    if (blockBytes < 4_096 || Integer.bitCount(blockBytes) != 1) {
      throw new SettingsException(
          "a ring block of " + blockBytes + " bytes is not a power of two from 4096");
    }
    if (ringBytes < 2 * blockBytes) {
      throw new SettingsException(
          "a ring of " + ringBytes + " bytes does not hold two blocks of " + blockBytes);
    }
    if (retireTimeoutMs < 1 || retireTimeoutMs > 1_000) {
      throw new SettingsException(
          "a block timeout of " + retireTimeoutMs + " ms is out of range 1 to 1000");
    }
  }

  /** Returns the same with another size of the ring; its blocks shrink when they must. */
  public RingSettings withRingBytes(int bytes) {
    int block = blockBytes;
    while (block > 65_536 * 2 && bytes < 4 * block) {
      block >>= 1;
    }
    return new RingSettings(bytes, block, retireTimeoutMs);
  }
}
