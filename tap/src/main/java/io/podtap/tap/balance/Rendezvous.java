/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.balance;

import io.podtap.core.config.Endpoint;
import java.util.List;

/**
 * Rendezvous hashing: each sensor weighs every flow, the heaviest gets it. When one sensor goes,
 * only its own flows move; when one comes, flows move only to it. Immutable.
 *
 * <p>Sensors of the lowest tier alone are asked: tier 0 are those on the tap's own node, so that
 * bulk traffic stays there.
 *
 * @see "D. Thaler, C. Ravishankar: A Name-Based Mapping Scheme for Rendezvous, 1996"
 */
public final class Rendezvous {

  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private final long[] seeds;
  private final int[] positions;

  /**
   * Makes a set.
   *
   * @param sensors the sensors; results are positions in this list
   * @param tiers the tier of each sensor, by position
   */
  public Rendezvous(List<Endpoint> sensors, List<Integer> tiers) {
    if (sensors.size() != tiers.size()) {
      throw new IllegalArgumentException(sensors + " with tiers " + tiers);
    }
    int lowest = tiers.stream().mapToInt(Integer::intValue).min().orElse(0);
    positions =
        java.util.stream.IntStream.range(0, sensors.size())
            .filter(i -> tiers.get(i) == lowest)
            .toArray();
    seeds = new long[positions.length];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = seed(sensors.get(positions[i]));
    }
  }

  /** Makes a set whose sensors are all alike. */
  public Rendezvous(List<Endpoint> sensors) {
    this(sensors, sensors.stream().map(sensor -> 0).toList());
  }

  /** Hashes address and port, the same in every process and version. */
  private static long seed(Endpoint sensor) {
    long seed = sensor.port();
    for (byte b : sensor.addressAsIpv6()) {
      seed = mix(seed * MULTIPLIER + b);
    }
    return seed;
  }

  /** Returns the position of the flow's sensor; there must be one. */
  public int sensor(int flowHash) {
    int best = 0;
    if (seeds.length > 1) {
      long heaviest = mix(seeds[0] ^ flowHash * MULTIPLIER);
      for (int i = 1; i < seeds.length; i++) {
        long weight = mix(seeds[i] ^ flowHash * MULTIPLIER);
        if (weight > heaviest) {
          heaviest = weight;
          best = i;
        }
      }
    }
    return positions[best];
  }

  /** Returns the flow's lane, 0 to {@code lanes - 1}. */
  public static int lane(int flowHash, int lanes) {
    return (int) ((Integer.toUnsignedLong(flowHash) * lanes) >>> 32);
  }

  private static long mix(long value) {
    long v = value;
    v = (v ^ (v >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
    v = (v ^ (v >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
    return v ^ (v >>> 32);
  }
}
