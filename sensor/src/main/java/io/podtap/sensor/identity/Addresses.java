/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Addresses as text and as two numbers. */
public final class Addresses {

  private static final int IPV4_BYTES = 4;
  private static final long IPV4_MAPPED = 0xFFFFL << 32;

  private Addresses() {}

  /** Returns an address as a place, IPv4 as {@code ::ffff:a.b.c.d}. */
  public static Place place(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == IPV4_BYTES
        ? Place.of(0, IPV4_MAPPED | Integer.toUnsignedLong(bytes.getInt()))
        : Place.of(bytes.getLong(), bytes.getLong());
  }

  /** Returns the place of an address, or null when the text is no address, such as a name. */
  public static @Nullable Place parse(String text) {
    try {
      return text.isEmpty() ? null : place(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
