/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

/** Kinds of tunnel that monitored traffic may use itself. */
public enum Tunnel {
  /** Not a tunnel, or one that is not known or not in order. */
  NONE(""),
  /** IPv4 or IPv6 in IP. */
  IP("IP"),
  GRE("GRE"),
  ERSPAN("GRE"),
  VXLAN("VXLAN"),
  GENEVE("GENEVE"),
  GTP("GTPv1"),
  TEREDO("TEREDO"),
  AYIYA("AYIYA");

  private final String zeekName;

  Tunnel(String zeekName) {
    this.zeekName = "Tunnel::" + zeekName;
  }

  /** Returns the name that Zeek gives in tunnel.log; {@link #NONE} has no use for one. */
  public String zeekName() {
    return zeekName;
  }
}
