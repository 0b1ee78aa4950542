/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

/**
 * An address and, where one is bound there, a port.
 *
 * @param high upper half of the address, IPv4 as {@code ::ffff:a.b.c.d}; 0 with {@code low} for the
 *     ports that every node has
 * @param port see {@link Identities#portOf}
 */
public record Place(long high, long low, int port) {

  /** Returns an address as a whole. */
  public static Place of(long high, long low) {
    return new Place(high, low, Identities.NO_PORT);
  }

  @Override
  public int hashCode() {
    long mixed = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L + port * 0xC2B2_AE3D_27D4_EB4FL;
    return (int) (mixed ^ mixed >>> 32);
  }
}
