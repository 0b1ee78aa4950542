/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import java.nio.ByteBuffer;

/**
 * Addresses that begin alike: {@code 10.0.0.3}, {@code 10.0.0.0/8}, {@code fd00::/64}. An IPv4
 * address is held as IPv6 has it, {@code ::ffff:a.b.c.d}.
 *
 * @param high upper half of the first address
 * @param low lower half of the first address
 * @param prefixBits leading bits that count, 0 to 128
 */
public record AddressRange(long high, long low, int prefixBits) {

  private static final int IPV4_PREFIX_BITS = 96;

  public AddressRange {
    high &= mask(prefixBits);
    low &= mask(prefixBits - Long.SIZE);
  }

  /**
   * Reads a range.
   *
   * @throws SettingsException when the text is not a numeric address with an optional prefix length
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    Endpoint endpoint = Endpoint.parse(host, 0);
    if (endpoint.port() != 0 || host.indexOf('[') >= 0) {
      throw new SettingsException("known tap '" + text + "' has a port; give ADDRESS[/PREFIX]");
    }
    int bits = endpoint.address().getAddress().length * Byte.SIZE;
    int prefix = slash < 0 ? bits : prefix(text, text.substring(slash + 1), bits);
    ByteBuffer bytes = ByteBuffer.wrap(endpoint.addressAsIpv6());
    return new AddressRange(
        bytes.getLong(), bytes.getLong(), bits == 32 ? IPV4_PREFIX_BITS + prefix : prefix);
  }

  private static int prefix(String whole, String digits, int bits) {
    try {
      int prefix = Integer.parseInt(digits);
      if (prefix >= 0 && prefix <= bits) {
        return prefix;
      }
    } catch (NumberFormatException e) {
      throw new SettingsException("known tap '" + whole + "' has a prefix that is not a number", e);
    }
    throw new SettingsException("known tap '" + whole + "' has a prefix beyond " + bits);
  }

  /** Returns whether an address is among them. */
  public boolean contains(long addressHigh, long addressLow) {
    return (addressHigh & mask(prefixBits)) == high
        && (addressLow & mask(prefixBits - Long.SIZE)) == low;
  }

  private static long mask(int bits) {
    return bits <= 0 ? 0 : -1L << (Long.SIZE - Math.min(bits, Long.SIZE));
  }
}
