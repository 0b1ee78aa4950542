/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

/**
 * Weirds of packets and of TCP, with the names that Zeek gives. Names of our own begin with {@code
 * podtap_}: what Zeek has no name for.
 *
 * @see "Zeek: src/packet_analysis, src/IP.cc; the source is the analyzer that raises it, or empty
 *     where Zeek raises it on the connection or the reporter"
 */
public enum Weird {
  TRUNCATED_ETHERNET_FRAME("truncated_ethernet_frame", "ETHERNET"),
  UNDEFINED_ETHERNET_TYPE("undefined_ether_type", "ETHERNET"),
  TRUNCATED_VLAN_HEADER("truncated_VLAN_header", "VLAN"),
  TRIPLE_TAGGED("triple_tagged_vlan_unsupported", "VLAN", "inner VLAN tag overwritten"),
  TRUNCATED_MPLS_STACK("truncated_link_header", "MPLS"),
  TRUNCATED_PPPOE_HEADER("truncated_pppoe_header", "PPPOE"),
  PPPOE_EXTRA_DATA("pppoe_extra_data_after_payload", "PPPOE"),
  PPPOE_TRUNCATED_PAYLOAD("pppoe_truncated_payload", "PPPOE"),
  TRUNCATED_PPP_HEADER("truncated_ppp_header", "PPP"),
  TRUNCATED_PPP_SERIAL_HEADER("truncated_ppp_serial_header", "PPPSERIAL"),
  TRUNCATED_COOKED_HEADER("truncated_Linux_SLL_header", "LINUXSLL"),
  TRUNCATED_COOKED2_HEADER("truncated_Linux_SLL2_header", "LINUXSLL2"),
  TRUNCATED_LOOPBACK_HEADER("null_analyzer_failed", "NULL"),
  TRUNCATED_TAG_HEADER("truncated_vntag_header", "VNTAG"),
  TRUNCATED_BACKBONE_HEADER("truncated_PBB_header", "PBB"),
  TRUNCATED_RADIOTAP_HEADER("truncated_radiotap_header", "IEEE802_11_RADIO"),
  TRUNCATED_WIRELESS_HEADER("truncated_802_11_header", "IEEE802_11"),
  TRUNCATED_ARP("truncated_ARP", "ARP"),
  TRUNCATED_NFLOG_HEADER("truncated_nflog_header", "NFLOG"),
  UNKNOWN_NFLOG_VERSION("unknown_nflog_version", "NFLOG"),
  NFLOG_WITHOUT_PAYLOAD("nflog_no_pcap_payload", "NFLOG"),
  NFLOG_BAD_LENGTH("nflog_bad_tlv_len", "NFLOG"),
  TRUNCATED_LINK_HEADER("podtap_truncated_link_header", ""),
  TOO_MANY_TAGS("max_packet_analyzer_depth_exceeded", "ETHERNET"),
  UNKNOWN_LINK_TYPE("podtap_unknown_link_type", ""),
  NOT_IP("podtap_not_ip", ""),
  TRUNCATED_IP("truncated_IP", "IP"),
  UNKNOWN_IP_VERSION("unknown_ip_version", "IP"),
  INVALID_IP_HEADER_SIZE("invalid_IP_header_size", "IP"),
  IPV4_MINIMUM_HEADER_SIZE("IPv4_min_header_size", "IP"),
  IP_HEADER_LENGTH_ZERO("ip_hdr_len_zero", "IP"),
  TRUNCATED_IP_LENGTH("truncated_IP_len", "IP"),
  BAD_IP_CHECKSUM("bad_IP_checksum", "IP"),
  TRUNCATED_EXTENSION_HEADER("truncated_IPv6_option", ""),
  MULTIPLE_ROUTING_HEADERS("multiple_routing_headers", ""),
  ODD_ROUTING_LENGTH("odd_routing0_len", ""),
  ROUTING_HEADER("routing0_hdr", ""),
  BAD_MOBILE_ROUTING_LENGTH("bad_routing2_len", ""),
  UNKNOWN_ROUTING_TYPE("unknown_routing_type", ""),
  BAD_DESTINATION_OPTION_LENGTH("bad_ipv6_dest_opt_len", ""),
  MULTIPLE_HOME_ADDRESSES("multiple_home_addr_opts", ""),
  BAD_HOME_ADDRESS_LENGTH("bad_home_addr_len", ""),
  BAD_MOBILITY_CHECKSUM("bad_MH_checksum", "IP"),
  MOBILITY_PIGGYBACK("mobility_piggyback", "IP"),
  INCOMPLETELY_CAPTURED_FRAGMENT("incompletely_captured_fragment", "IP"),
  NO_NEXT_HEADER("ipv6_no_next", "IP"),
  TRUNCATED_TCP_HEADER("truncated_header", "TCP"),
  TRUNCATED_UDP_HEADER("truncated_header", "UDP"),
  TRUNCATED_ICMP_HEADER("truncated_header", "ICMP"),
  INTERNALLY_TRUNCATED_TCP_HEADER("internally_truncated_header", "TCP"),
  INTERNALLY_TRUNCATED_UDP_HEADER("internally_truncated_header", "UDP"),
  INTERNALLY_TRUNCATED_ICMP_HEADER("internally_truncated_header", "ICMP"),
  BAD_TCP_HEADER_LENGTH("bad_TCP_header_len", "TCP"),
  BAD_TCP_CHECKSUM("bad_TCP_checksum", "TCP"),
  BAD_UDP_CHECKSUM("bad_UDP_checksum", "UDP"),
  BAD_ICMP_CHECKSUM("bad_ICMP_checksum", "ICMP"),
  BAD_IGMP_CHECKSUM("igmp_invalid_checksum", "IGMP"),
  UDP_LENGTH_MISMATCH("UDP_datagram_length_mismatch", "UDP"),
  TRUNCATED_MULTICAST_QUERY("truncated_ICMPv6_MLDv1", "ICMP"),
  TRUNCATED_MULTICAST_REPORTS("truncated_ICMPv6_MLDv2", "ICMP"),
  TRUNCATED_MULTICAST_REPORT("truncated_ICMPv6_MLDv2_record", "ICMP"),
  TUNNEL_CHANGES("tunnel_max_changes_per_connection_exceeded", "", "5"),
  ORIGINATOR_SYN_ACK("connection_originator_SYN_ack", "TCP"),
  BAD_SYN_ACK("bad_SYN_ack", "TCP"),
  SIMULTANEOUS_OPEN("simultaneous_open", "TCP"),
  UNSOLICITED_SYN_RESPONSE("unsolicited_SYN_response", "TCP"),
  SPONTANEOUS_FIN("spontaneous_FIN", "TCP"),
  SPONTANEOUS_RST("spontaneous_RST", "TCP"),
  INAPPROPRIATE_FIN("inappropriate_FIN", "TCP"),
  REPEATED_SYN_WITH_ACK("repeated_SYN_with_ack", "TCP"),
  REPEATED_SYN_WITHOUT_ACK("repeated_SYN_reply_wo_ack", "TCP"),
  DATA_BEFORE_ESTABLISHED("data_before_established", "TCP"),
  SYN_AFTER_PARTIAL("SYN_after_partial", "TCP"),
  SYN_AFTER_CLOSE("SYN_after_close", "TCP"),
  SYN_AFTER_RESET("SYN_after_reset", "TCP"),
  SYN_SEQUENCE_JUMP("SYN_seq_jump", ""),
  SYN_SEQUENCE_JUMP_OF_REUSE("SYN_seq_jump", "TCP"),
  SYN_INSIDE_CONNECTION("SYN_inside_connection", ""),
  SYN_WITH_DATA("SYN_with_data", "TCP"),
  BAROQUE_SYN("baroque_SYN", "TCP"),
  SCALE_RANGE("TCP_scale_range", "TCP"),
  WINDOW_RECISION("window_recision", ""),
  FIN_STORM("FIN_storm", "TCP"),
  RST_STORM("RST_storm", "TCP"),
  FIN_AFTER_RESET("FIN_after_reset", "TCP"),
  FIN_ADVANCED_LAST_SEQUENCE("FIN_advanced_last_seq", "TCP"),
  DATA_AFTER_RESET("data_after_reset", "TCP"),
  CHRISTMAS("TCP_christmas", "TCP"),
  SEQUENCE_UNDERFLOW("TCP_seq_underflow_or_misorder", "TCP"),
  ACK_UNDERFLOW("TCP_ack_underflow_or_misorder", "TCP"),
  SPLIT_ROUTING("possible_split_routing", ""),
  PENDING_DATA("pending_data_when_closed", "TCP"),
  ACTIVE_CONNECTION_REUSE("active_connection_reuse", "TCP"),
  PREMATURE_CONNECTION_REUSE("premature_connection_reuse", "TCP"),
  DATA_ABOVE_HOLE("above_hole_data_without_any_acks", "TCP"),
  RETRANSMISSION_INCONSISTENCY("podtap_retransmission_inconsistency", ""),
  EXCESSIVE_DATA("excessive_data_without_further_acks", "TCP"),
  TRUNCATED_TCP_PAYLOAD("truncated_tcp_payload", "TCP");

  private final String zeekName;
  private final String source;
  private final String detail;
  private final String nameInTunnel;

  Weird(String zeekName, String source) {
    this(zeekName, source, "");
  }

  Weird(String zeekName, String source, String detail) {
    this.zeekName = zeekName;
    this.source = source;
    this.detail = detail;
    this.nameInTunnel = zeekName + "_in_tunnel";
  }

  /** Returns what Zeek adds to the name, or an empty text. */
  public String detail() {
    return detail;
  }

  /** Returns who finds it in Zeek, or an empty text. */
  public String source() {
    return source;
  }

  /** Returns the name for a packet that came through a tunnel. */
  public String nameInTunnel() {
    return nameInTunnel;
  }

  /** Returns the name in Zeek's weird.log. */
  public String zeekName() {
    return zeekName;
  }
}
