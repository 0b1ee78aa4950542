/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.start;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * Addresses of the interfaces that a tap captures: a pod may have more of them than the cluster's
 * network has given it, which no variable names.
 */
public final class InterfaceAddresses {

  private InterfaceAddresses() {}

  /**
   * Returns the addresses that only this pod may have: those of one link, of the loopback and of
   * groups are left out, and so is an interface that is not there.
   */
  public static List<String> of(List<String> interfaces) {
    List<String> addresses = new ArrayList<>();
    for (String name : interfaces) {
      try {
        NetworkInterface found = NetworkInterface.getByName(name);
        if (found != null) {
          found
              .inetAddresses()
              .filter(InterfaceAddresses::isOfOneHost)
              .forEach(address -> addresses.add(text(address)));
        }
      } catch (SocketException e) {
        // as if it were not there: what the variables say remains
      }
    }
    return addresses;
  }

  private static boolean isOfOneHost(InetAddress address) {
    return !address.isLinkLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isAnyLocalAddress()
        && !address.isMulticastAddress();
  }

  /** Returns an address without the interface that Java appends to one of IPv6. */
  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
