/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.decapsulate;

/**
 * What became of one datagram. Every value but the first two is a kind of malformed input and has a
 * counter.
 */
public enum Decapsulation {
  /** An Ethernet frame stands inside. */
  FRAME("frame"),
  /** A tap's report stands inside. */
  REPORT("report"),
  TRUNCATED_HEADER("truncated_tunnel_header"),
  VNI_FLAG_MISSING("vxlan_vni_flag_missing"),
  UNKNOWN_VERSION("geneve_unknown_version"),
  TRUNCATED_OPTIONS("geneve_truncated_options"),
  UNKNOWN_CRITICAL_OPTION("geneve_unknown_critical_option"),
  UNKNOWN_PROTOCOL("geneve_unknown_protocol"),
  TRUNCATED_FRAME("truncated_inner_frame");

  private final String weirdName;

  Decapsulation(String weirdName) {
    this.weirdName = weirdName;
  }

  /** Returns the stable name under which this is counted. */
  public String weirdName() {
    return weirdName;
  }

  /** Returns whether the datagram could not be decapsulated. */
  public boolean isMalformed() {
    return ordinal() > REPORT.ordinal();
  }
}
