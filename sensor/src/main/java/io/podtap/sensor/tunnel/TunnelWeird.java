/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

/**
 * What may be odd about a tunnel inside the traffic, by the names of Zeek's weirds.
 *
 * @see "Zeek: src/packet_analysis/protocol/gre, iptunnel, teredo, vxlan, geneve, ayiya"
 */
public enum TunnelWeird {
  TRUNCATED_GRE("truncated_GRE", "GRE"),
  UNKNOWN_GRE_VERSION("unknown_gre_version", "GRE"),
  GRE_PROTOCOL_TYPE("egre_protocol_type", "GRE"),
  GRE_ROUTING("gre_routing", "GRE"),
  UNKNOWN_GRE_FLAGS("unknown_gre_flags", "GRE"),
  NO_IP_IN_GRE("non_ip_packet_in_encap", "GRE"),
  INVALID_INNER_VERSION("invalid_inner_IP_version", "IPTUNNEL"),
  TRUNCATED_INNER_PACKET("truncated_inner_IP", "IPTUNNEL"),
  INNER_LENGTH_MISMATCH("inner_IP_payload_length_mismatch", "IPTUNNEL"),
  VXLAN_EMPTY("vxlan_empty_packet", "VXLAN"),
  GENEVE_EMPTY("geneve_empty_packet", "GENEVE"),
  GENEVE_INVALID_VERSION("geneve_invalid_version", "GENEVE"),
  AYIYA_EMPTY("ayiya_empty_packet", "AYIYA"),
  TRUNCATED_TEREDO("truncated_Teredo", "TEREDO"),
  TRUNCATED_TEREDO_ORIGIN("truncated_Teredo_origin_indication", "TEREDO"),
  TRUNCATED_TEREDO_AUTHENTICATION("truncated_Teredo_authentication", "TEREDO"),
  TRUNCATED_PACKET_IN_TEREDO("truncated_IPv6_in_Teredo", "TEREDO"),
  TEREDO_BUBBLE_WITH_PAYLOAD("Teredo_bubble_with_payload", "TEREDO"),
  IP_DEPTH("exceeded_tunnel_max_depth", "IPTUNNEL"),
  VXLAN_DEPTH("exceeded_tunnel_max_depth", "VXLAN"),
  GENEVE_DEPTH("exceeded_tunnel_max_depth", "GENEVE"),
  TEREDO_DEPTH("exceeded_tunnel_max_depth", "TEREDO"),
  AYIYA_DEPTH("exceeded_tunnel_max_depth", "AYIYA"),
  GTP_DEPTH("tunnel_depth", "GTPV1");

  private final String zeekName;
  private final String source;
  private final String nameInTunnel;

  TunnelWeird(String zeekName, String source) {
    this.zeekName = zeekName;
    this.source = source;
    this.nameInTunnel = zeekName + "_in_tunnel";
  }

  /** Returns the weird of tunnels of a kind that are too many in one another. */
  public static TunnelWeird depth(Tunnel kind) {
    return switch (kind) {
      case VXLAN -> VXLAN_DEPTH;
      case GENEVE -> GENEVE_DEPTH;
      case TEREDO -> TEREDO_DEPTH;
      case AYIYA -> AYIYA_DEPTH;
      case GTP -> GTP_DEPTH;
      case NONE, IP, GRE, ERSPAN -> IP_DEPTH;
    };
  }

  /**
   * Returns the name in weird.log.
   *
   * @param inTunnel whether the packet itself came through a tunnel
   */
  public String name(boolean inTunnel) {
    return inTunnel ? nameInTunnel : zeekName;
  }

  /** Returns the analyzer that finds it in Zeek. */
  public String source() {
    return source;
  }

  /** Returns whether it is the flow's, which carries the tunnel, not only the packet's. */
  public boolean isOfFlow() {
    return switch (this) {
      case TRUNCATED_TEREDO,
          TRUNCATED_TEREDO_ORIGIN,
          TRUNCATED_TEREDO_AUTHENTICATION,
          TRUNCATED_PACKET_IN_TEREDO,
          TEREDO_BUBBLE_WITH_PAYLOAD ->
          true;
      default -> false;
    };
  }

  /** Returns whether it tells only of a flow that is known to be such a tunnel. */
  public boolean needsConfirmation() {
    return isOfFlow() && this != TEREDO_BUBBLE_WITH_PAYLOAD;
  }
}
