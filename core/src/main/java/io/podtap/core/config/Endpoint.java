/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

import io.podtap.core.text.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A numeric address and a UDP or TCP port: {@code 10.0.0.3}, {@code 10.0.0.3:4789}, {@code
 * [fd00::3]:4789}, {@code fd00::3}.
 *
 * @param address never a name: nothing is looked up
 * @param port 1 to 65,535, or 0 for any where a listener allows it
 */
public record Endpoint(InetAddress address, int port) {

  private static final Pattern DOTTED_QUAD = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  public Endpoint {
    if (port < 0 || port > 65_535) {
      throw new SettingsException("port " + port + " is out of range 0 to 65535");
    }
  }

  /**
   * Reads an endpoint.
   *
   * @param text address with an optional port; an IPv6 address with a port stands in brackets
   * @param defaultPort the port when the text names none
   * @throws SettingsException when the text is not a numeric address or the port is out of range
   */
  public static Endpoint parse(String text, int defaultPort) {
    String trimmed = text.strip();
    String host = trimmed;
    int port = defaultPort;
    int bracket = trimmed.indexOf(']');
    if (trimmed.startsWith("[") && bracket > 0) {
      host = trimmed.substring(1, bracket);
      String rest = trimmed.substring(bracket + 1);
      if (!rest.isEmpty()) {
        if (!rest.startsWith(":")) {
          throw new SettingsException("'" + text + "' is not ADDRESS or ADDRESS:PORT");
        }
        port = parsePort(text, rest.substring(1));
      }
    } else if (trimmed.indexOf(':') >= 0 && trimmed.indexOf(':') == trimmed.lastIndexOf(':')) {
      int colon = trimmed.indexOf(':');
      host = trimmed.substring(0, colon);
      port = parsePort(text, trimmed.substring(colon + 1));
    }
    if (host.indexOf(':') < 0 && !DOTTED_QUAD.matcher(host).matches()) {
      // the JDK would take 1.2.3 for 1.2.0.3
      throw new SettingsException("'" + text + "' is not a numeric address with an optional port");
    }
    try {
      return new Endpoint(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "'" + text + "' is not a numeric address with an optional port", e);
    }
  }

  private static int parsePort(String whole, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new SettingsException("'" + whole + "' has a port that is not a number", e);
    }
    throw new SettingsException("'" + whole + "' has a port out of range 0 to 65535");
  }

  /**
   * Returns this endpoint with its address widened to 16 bytes (an IPv4 address becomes
   * ::ffff:a.b.c.d).
   */
  public byte[] addressAsIpv6() {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16) {
      return bytes;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xFF;
    mapped[11] = (byte) 0xFF;
    System.arraycopy(bytes, 0, mapped, 12, 4);
    return mapped;
  }

  /** Returns the same as a socket address of the JDK. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(address, port);
  }

  /** Written out, as hashCode is: a record's own are method handles, spun when a tap starts. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Endpoint endpoint
        && port == endpoint.port
        && address.equals(endpoint.address);
  }

  @Override
  public int hashCode() {
    return 31 * address.hashCode() + port;
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    String host = AddressText.of(address);
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  /** Returns the address of this machine that stands for all of them. */
  public static InetAddress anyAddress() {
    try {
      return InetAddress.getByAddress(new byte[4]);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
