/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

/**
 * Unique ids of 96 bits: the lower 64 never come twice from one source, the upper 32 tell sources
 * apart.
 */
public final class UidSource {

  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

  private final long seed;
  private long state;

  /**
   * @param seed anything; the same seed gives the same ids
   */
  public UidSource(long seed) {
    this.seed = mix(seed ^ STEP);
    this.state = seed;
  }

  /** Moves on to the next id and returns its upper 32 bits. */
  public long next() {
    state += STEP;
    return mix(state ^ seed) >>> 32;
  }

  /** Returns the lower 64 bits. */
  public long low() {
    return mix(state);
  }

  /** A bijection. */
  private static long mix(long value) {
    long v = value;
    v = (v ^ (v >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    v = (v ^ (v >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return v ^ (v >>> 31);
  }
}
