/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import java.net.Inet6Address;

/**
 * Where tunnels come in: {@code 0.0.0.0:4789}, {@code geneve:[::]:6081}.
 *
 * @param endpoint local address and port
 * @param geneve whether senders speak Geneve here, otherwise VXLAN
 */
public record Listener(Endpoint endpoint, boolean geneve) {

  private static final String GENEVE_PREFIX = "geneve:";
  private static final String VXLAN_PREFIX = "vxlan:";

  /**
   * Reads a listener. Without a prefix, Geneve's registered port means Geneve and every other
   * VXLAN.
   *
   * @throws SettingsException when the text is not an address with an optional port
   */
  public static Listener parse(String text) {
    if (text.startsWith(GENEVE_PREFIX)) {
      String rest = text.substring(GENEVE_PREFIX.length());
      return new Listener(Endpoint.parse(rest, Geneve.PORT), true);
    }
    boolean prefixed = text.startsWith(VXLAN_PREFIX);
    String rest = prefixed ? text.substring(VXLAN_PREFIX.length()) : text;
    Endpoint endpoint = Endpoint.parse(rest, Vxlan.PORT);
    return new Listener(endpoint, !prefixed && endpoint.port() == Geneve.PORT);
  }

  /** Returns whether the local address is one of IPv6. */
  boolean isIpv6() {
    return endpoint.address() instanceof Inet6Address;
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    return (geneve ? GENEVE_PREFIX : VXLAN_PREFIX) + endpoint;
  }
}
