/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.PrivateNetworks;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;

/**
 * Which addresses and names are local.
 *
 * @see "Zeek's base/utils/site.zeek"
 */
public final class Site {

  private final Networks localNetworks;
  private final boolean privateIsLocal;
  private final List<String> localZones;
  private final Networks darknet;

  /**
   * @param localNetworks networks of the site
   * @param privateIsLocal whether private address space is local as well
   * @param localZones domains of the site
   * @param darknet local networks without hosts
   */
  public Site(
      Networks localNetworks, boolean privateIsLocal, List<String> localZones, Networks darknet) {
    this.localNetworks = localNetworks;
    this.privateIsLocal = privateIsLocal;
    this.localZones = localZones.stream().map(zone -> zone.toLowerCase(Locale.ROOT)).toList();
    this.darknet = darknet;
  }

  /** Returns a site whose networks are the private address space. */
  public static Site standard() {
    Networks none = new Networks(List.of());
    return new Site(none, /* privateIsLocal= */ true, List.of(), none);
  }

  /** Returns whether an address, as in logs, is local. */
  public boolean isLocal(String address) {
    return (privateIsLocal && isPrivate(address)) || localNetworks.contains(address);
  }

  /** Returns whether an address belongs to no host. */
  public boolean isDark(String address) {
    return darknet.contains(address);
  }

  /** Returns whether there are networks without hosts. */
  public boolean hasDarknet() {
    return !darknet.isEmpty();
  }

  /** Returns whether a name is in one of the site's zones. */
  public boolean isLocalName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String zone : localZones) {
      if (lower.equals(zone) || lower.endsWith("." + zone)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the site has zones of its own. */
  public boolean hasZones() {
    return !localZones.isEmpty();
  }

  /** Returns whether an address is in a group of hosts. */
  public boolean isIn(DetectionValues.Hosts hosts, String address) {
    return switch (hosts) {
      case ALL -> true;
      case NONE -> false;
      case LOCAL -> isLocal(address);
      case REMOTE -> !isLocal(address);
    };
  }

  private static boolean isPrivate(String address) {
    long bits = ipv4(address);
    if (bits >= 0) {
      return PrivateNetworks.contains(0, 0xFFFF_0000_0000L | bits);
    }
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == 4
        ? PrivateNetworks.contains(0, 0xFFFF_0000_0000L | (buffer.getInt() & 0xFFFF_FFFFL))
        : PrivateNetworks.contains(buffer.getLong(), buffer.getLong());
  }

  /** Returns an address of IPv4 in decimal, or -1 where it is another. */
  private static long ipv4(String address) {
    long bits = 0;
    int octet = 0;
    int digits = 0;
    int dots = 0;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c >= '0' && c <= '9' && digits < 3) {
        octet = 10 * octet + c - '0';
        digits++;
      } else if (c == '.' && digits > 0 && octet < 256 && dots < 3) {
        bits = bits << 8 | octet;
        octet = 0;
        digits = 0;
        dots++;
      } else {
        return -1;
      }
    }
    return dots == 3 && digits > 0 && octet < 256 ? bits << 8 | octet : -1;
  }
}
