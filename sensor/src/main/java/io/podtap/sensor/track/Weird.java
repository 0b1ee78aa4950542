package io.podtap.sensor.track;

/** What may be odd about a packet, with the names that Zeek gives. */
public enum Weird {
  TRUNCATED_LINK_HEADER("truncated_link_header"),
  UNKNOWN_LINK_TYPE("unknown_link_type"),
  NOT_IP("unknown_ethertype"),
  TRUNCATED_IP("truncated_IP"),
  UNKNOWN_IP_VERSION("unknown_ip_version"),
  INVALID_IP_HEADER_SIZE("invalid_IP_header_size"),
  IP_HEADER_LENGTH_ZERO("ip_hdr_len_zero"),
  TRUNCATED_IP_LENGTH("truncated_IP_len"),
  BAD_IP_CHECKSUM("bad_IP_checksum"),
  TRUNCATED_EXTENSION_HEADER("ipv6_truncated_extension_header"),
  INCOMPLETELY_CAPTURED_FRAGMENT("incompletely_captured_fragment"),
  NO_NEXT_HEADER("ipv6_no_next"),
  TRUNCATED_HEADER("truncated_header"),
  INTERNALLY_TRUNCATED_HEADER("internally_truncated_header"),
  BAD_TCP_HEADER_LENGTH("bad_TCP_header_len"),
  BAD_TCP_CHECKSUM("bad_TCP_checksum"),
  BAD_UDP_CHECKSUM("bad_UDP_checksum"),
  BAD_ICMP_CHECKSUM("bad_ICMP_checksum"),
  UDP_LENGTH_MISMATCH("UDP_datagram_length_mismatch"),
  TUNNEL_DEPTH("exceeded_tunnel_max_depth"),
  ORIGINATOR_SYN_ACK("connection_originator_SYN_ack"),
  BAD_SYN_ACK("bad_SYN_ack"),
  SIMULTANEOUS_OPEN("simultaneous_open"),
  UNSOLICITED_SYN_RESPONSE("unsolicited_SYN_response"),
  SPONTANEOUS_FIN("spontaneous_FIN"),
  SPONTANEOUS_RST("spontaneous_RST"),
  INAPPROPRIATE_FIN("inappropriate_FIN"),
  DATA_BEFORE_ESTABLISHED("data_before_established"),
  SYN_AFTER_PARTIAL("SYN_after_partial"),
  SYN_AFTER_CLOSE("SYN_after_close"),
  SYN_AFTER_RESET("SYN_after_reset"),
  SYN_SEQUENCE_JUMP("SYN_seq_jump"),
  SYN_INSIDE_CONNECTION("SYN_inside_connection"),
  SYN_WITH_DATA("SYN_with_data"),
  FIN_AFTER_RESET("FIN_after_reset"),
  FIN_ADVANCED_LAST_SEQUENCE("FIN_advanced_last_seq"),
  DATA_AFTER_RESET("data_after_reset"),
  CHRISTMAS("TCP_christmas"),
  SEQUENCE_UNDERFLOW("TCP_seq_underflow_or_misorder"),
  ACK_UNDERFLOW("TCP_ack_underflow_or_misorder"),
  SPLIT_ROUTING("possible_split_routing"),
  ACTIVE_CONNECTION_REUSE("active_connection_reuse"),
  PREMATURE_CONNECTION_REUSE("premature_connection_reuse"),
  DATA_ABOVE_HOLE("above_hole_data_without_any_acks"),
  EXCESSIVE_DATA("excessive_data_without_further_acks"),
  TRUNCATED_TCP_PAYLOAD("truncated_tcp_payload");

  private final String zeekName;

  Weird(String zeekName) {
    this.zeekName = zeekName;
  }

  /** Returns the name in Zeek's weird.log. */
  public String zeekName() {
    return zeekName;
  }
}
