/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.config.SettingsException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A set of networks, for addresses as text. */
public final class Networks {

  private static final class Network {

    private final byte[] address;
    private final int bits;

    Network(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / 8;
      for (int i = 0; i < whole; i++) {
        if (other[i] != address[i]) {
          return false;
        }
      }
      int rest = bits % 8;
      return rest == 0 || ((other[whole] ^ address[whole]) & 0xFF) >>> (8 - rest) == 0;
    }
  }

  private final List<Network> networks = new ArrayList<>();

  /**
   * @param texts networks such as {@code 10.0.0.0/8}, or single addresses
   * @throws SettingsException when one is invalid
   */
  public Networks(List<String> texts) {
    for (String text : texts) {
      networks.add(parse(text));
    }
  }

  private static Network parse(String text) {
    int slash = text.indexOf('/');
    try {
      byte[] address =
          InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
      int bits = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > address.length * 8) {
        throw new SettingsException("invalid network '" + text + "': prefix length out of range");
      }
      return new Network(address, bits);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("invalid network '" + text + "'", e);
    }
  }

  /** Returns whether an address, as in logs, is in one of the networks. */
  public boolean contains(String address) {
    if (networks.isEmpty()) {
      return false;
    }
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return networks.isEmpty();
  }
}
