/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.encapsulate;

import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;

/** The tunnel's format; the names in lower case are those of the command line. */
public enum Encapsulation {
  VXLAN(Vxlan.PORT, Vxlan.HEADER_LENGTH),
  GENEVE(Geneve.PORT, Geneve.TAP_HEADER_LENGTH);

  private final int port;
  private final int headerLength;

  Encapsulation(int port, int headerLength) {
    this.port = port;
    this.headerLength = headerLength;
  }

  /** Returns the registered UDP destination port. */
  public int port() {
    return port;
  }

  /** Returns bytes between the outer UDP header and the inner frame. */
  public int headerLength() {
    return headerLength;
  }
}
