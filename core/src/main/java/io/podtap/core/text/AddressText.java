/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.text;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Addresses as people and logs write them; for text now and then, it allocates.
 *
 * @see "RFC 5952 section 4: lower case, no leading zeros, the longest run of zeros left out"
 */
public final class AddressText {

  private static final int GROUPS = 8;

  private AddressText() {}

  /** Returns IPv4 in dotted form, IPv6 compressed, with its zone where it has one. */
  public static String of(InetAddress address) {
    if (!(address instanceof Inet6Address ipv6)) {
      return address.getHostAddress();
    }
    ByteBuffer bytes = ByteBuffer.wrap(ipv6.getAddress());
    String text = ipv6(bytes.getLong(), bytes.getLong());
    String plain = address.getHostAddress();
    int zone = plain.indexOf('%');
    return zone < 0 ? text : text + plain.substring(zone);
  }

  /** Returns the address of sixteen bytes, IPv4 where they are an IPv4-mapped one. */
  public static String of(long high, long low) {
    if (high == 0 && low >>> 32 == 0xFFFF) {
      int address = (int) low;
      return (address >>> 24)
          + "."
          + (address >>> 16 & 0xFF)
          + "."
          + (address >>> 8 & 0xFF)
          + "."
          + (address & 0xFF);
    }
    return ipv6(high, low);
  }

  private static String ipv6(long high, long low) {
    int runStart = -1;
    int runLength = 1; // a single zero is written out
    int start = -1;
    for (int i = 0; i < GROUPS; i++) {
      if (group(high, low, i) != 0) {
        start = -1;
        continue;
      }
      start = start < 0 ? i : start;
      if (i - start + 1 > runLength) {
        runStart = start;
        runLength = i - start + 1;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == runStart) {
        text.append("::");
        i += runLength - 1;
      } else {
        if (i > 0 && i != runStart + runLength) {
          text.append(':');
        }
        text.append(Integer.toHexString(group(high, low, i)));
      }
    }
    return text.toString();
  }

  private static int group(long high, long low, int at) {
    long half = at < GROUPS / 2 ? high : low;
    return (int) (half >>> (48 - 16 * (at & 3))) & 0xFFFF;
  }
}
