/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Networks whose addresses are not routed on the Internet, which Zeek takes for local.
 *
 * @see "IANA IPv4 and IPv6 special-purpose address registries; Zeek: Site::private_address_space"
 */
public final class PrivateNetworks {

  /** Pairs of network and mask for the first 64 bits, IPv4 in the lower half. */
  private static final long[] IPV4 =
      networks(
          4,
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/24",
          "239.0.0.0/8",
          "240.0.0.0/4");

  private static final long[] IPV6 =
      networks(
          16,
          "64:ff9b:1::/48",
          "100::/64",
          "2001::/23",
          "2001:db8::/32",
          "fc00::/7",
          "fe80::/10",
          "fec0::/10");

  /** The same IPv4 networks as 6to4 addresses, RFC 3056. */
  private static final int PREFIX_6TO4 = 0x2002;

  private PrivateNetworks() {}

  public static boolean contains(long high, long low) {
    if (high == 0) {
      return low >>> 32 == 0xFFFF ? matches(IPV4, low & 0xFFFF_FFFFL) : low == 0 || low == 1;
    }
    if (high >>> 48 == PREFIX_6TO4 && matches(IPV4, (high >>> 16) & 0xFFFF_FFFFL)) {
      return true;
    }
    return matches(IPV6, high);
  }

  private static boolean matches(long[] networks, long bits) {
    for (int i = 0; i < networks.length; i += 2) {
      if ((bits & networks[i + 1]) == networks[i]) {
        return true;
      }
    }
    return false;
  }

  private static long[] networks(int addressBytes, String... all) {
    long[] pairs = new long[2 * all.length];
    for (int i = 0; i < all.length; i++) {
      int slash = all[i].indexOf('/');
      int length = Integer.parseInt(all[i].substring(slash + 1));
      byte[] address = InetAddress.ofLiteral(all[i].substring(0, slash)).getAddress();
      int bits = addressBytes == 4 ? 32 : 64;
      long mask = (-1L << (bits - length)) & (addressBytes == 4 ? 0xFFFF_FFFFL : -1L);
      long value =
          addressBytes == 4
              ? ByteBuffer.wrap(address).getInt() & 0xFFFF_FFFFL
              : ByteBuffer.wrap(address).getLong();
      pairs[2 * i] = value & mask;
      pairs[2 * i + 1] = mask;
    }
    return pairs;
  }
}
