package io.podtap.sensor.track;

/** What may be odd about a packet, with the names that Zeek gives. */
public enum Weird {
  TRUNCATED_LINK_HEADER("truncated_link_header", "ETHERNET"),
  UNKNOWN_LINK_TYPE("unknown_link_type", "ETHERNET"),
  NOT_IP("unknown_ethertype", "ETHERNET"),
  TRUNCATED_IP("truncated_IP", "IP"),
  UNKNOWN_IP_VERSION("unknown_ip_version", "IP"),
  INVALID_IP_HEADER_SIZE("invalid_IP_header_size", "IP"),
  IP_HEADER_LENGTH_ZERO("ip_hdr_len_zero", "IP"),
  TRUNCATED_IP_LENGTH("truncated_IP_len", "IP"),
  BAD_IP_CHECKSUM("bad_IP_checksum", "IP"),
  TRUNCATED_EXTENSION_HEADER("ipv6_truncated_extension_header", ""),
  INCOMPLETELY_CAPTURED_FRAGMENT("incompletely_captured_fragment", ""),
  NO_NEXT_HEADER("ipv6_no_next", "IP"),
  TRUNCATED_HEADER("truncated_header", ""),
  INTERNALLY_TRUNCATED_HEADER("internally_truncated_header", ""),
  BAD_TCP_HEADER_LENGTH("bad_TCP_header_len", "TCP"),
  BAD_TCP_CHECKSUM("bad_TCP_checksum", "TCP"),
  BAD_UDP_CHECKSUM("bad_UDP_checksum", "UDP"),
  BAD_ICMP_CHECKSUM("bad_ICMP_checksum", "ICMP"),
  UDP_LENGTH_MISMATCH("UDP_datagram_length_mismatch", "UDP"),
  TRIPLE_TAGGED("triple_tagged_vlan_unsupported", "VLAN", "inner VLAN tag overwritten"),
  TRUNCATED_MULTICAST_REPORT("truncated_ICMPv6_MLDv2_record", "ICMP"),
  TUNNEL_DEPTH("exceeded_tunnel_max_depth", ""),
  ORIGINATOR_SYN_ACK("connection_originator_SYN_ack", "TCP"),
  BAD_SYN_ACK("bad_SYN_ack", "TCP"),
  SIMULTANEOUS_OPEN("simultaneous_open", "TCP"),
  UNSOLICITED_SYN_RESPONSE("unsolicited_SYN_response", "TCP"),
  SPONTANEOUS_FIN("spontaneous_FIN", "TCP"),
  SPONTANEOUS_RST("spontaneous_RST", "TCP"),
  INAPPROPRIATE_FIN("inappropriate_FIN", "TCP"),
  DATA_BEFORE_ESTABLISHED("data_before_established", "TCP"),
  SYN_AFTER_PARTIAL("SYN_after_partial", "TCP"),
  SYN_AFTER_CLOSE("SYN_after_close", "TCP"),
  SYN_AFTER_RESET("SYN_after_reset", "TCP"),
  SYN_SEQUENCE_JUMP("SYN_seq_jump", "TCP"),
  SYN_INSIDE_CONNECTION("SYN_inside_connection", "TCP"),
  SYN_WITH_DATA("SYN_with_data", "TCP"),
  FIN_AFTER_RESET("FIN_after_reset", "TCP"),
  FIN_ADVANCED_LAST_SEQUENCE("FIN_advanced_last_seq", "TCP"),
  DATA_AFTER_RESET("data_after_reset", "TCP"),
  CHRISTMAS("TCP_christmas", "TCP"),
  SEQUENCE_UNDERFLOW("TCP_seq_underflow_or_misorder", "TCP"),
  ACK_UNDERFLOW("TCP_ack_underflow_or_misorder", "TCP"),
  SPLIT_ROUTING("possible_split_routing", "TCP"),
  ACTIVE_CONNECTION_REUSE("active_connection_reuse", "TCP"),
  PREMATURE_CONNECTION_REUSE("premature_connection_reuse", "TCP"),
  DATA_ABOVE_HOLE("above_hole_data_without_any_acks", "TCP"),
  RETRANSMISSION_INCONSISTENCY("Retransmission_inconsistency", "TCP"),
  EXCESSIVE_DATA("excessive_data_without_further_acks", "TCP"),
  TRUNCATED_TCP_PAYLOAD("truncated_tcp_payload", "TCP");

  private final String zeekName;
  private final String source;
  private final String detail;

  Weird(String zeekName, String source) {
    this(zeekName, source, "");
  }

  Weird(String zeekName, String source, String detail) {
    this.zeekName = zeekName;
    this.source = source;
    this.detail = detail;
  }

  /** Returns what Zeek adds to the name, or an empty text. */
  public String detail() {
    return detail;
  }

  /** Returns who finds it in Zeek, or an empty text. */
  public String source() {
    return source;
  }

  /** Returns the name in Zeek's weird.log. */
  public String zeekName() {
    return zeekName;
  }
}
