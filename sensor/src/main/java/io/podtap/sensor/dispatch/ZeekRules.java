/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration.Trait;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What Zeek does to a flow when a protocol is certain, and when a parser met a limit.
 *
 * @see "Zeek, scripts/base/protocols/conn/inactivity.zeek, dns_session_timeout, LimitReachedWeird"
 */
final class ZeekRules {

  private static final ServiceSet INTERACTIVE = Protocols.with(Trait.INTERACTIVE);
  private static final ServiceSet SHORT_SESSIONS = Protocols.with(Trait.SHORT_SESSIONS);

  /** Silence of connections behind which a person may sit. */
  private static final long INTERACTIVE_NS = TimeUnit.HOURS.toNanos(1);

  private static final long DNS_SESSION_NS = TimeUnit.SECONDS.toNanos(10);

  private static final Set<String> LIMITS =
      Set.of(
          "DNS_Conn_count_too_large",
          "DNS_max_compression_chain_depth_exceeded",
          "DNS_unknown_opcode",
          "FTP_max_command_length_exceeded",
          "HTTP_excessive_pipelining",
          "QUIC_max_history_length_reached",
          "Redis_excessive_pipelining",
          "SSH_max_packet_length_exceeded",
          "SSH_max_string_length_exceeded",
          "SSL_max_ssl_history_length_reached",
          "exceeded_mime_max_depth",
          "exceeded_mime_max_header_bytes",
          "smb_andx_depth_exceeded",
          "smb_andx_offset_not_advancing",
          "smtp_excessive_invalid_mail_transactions");

  private ZeekRules() {}

  /** Sets how long a flow may be silent whose protocol is now certain. */
  static void onConfirmed(Flow flow, Service service) {
    if (service.isIn(INTERACTIVE)) {
      flow.inactivityNs = Math.max(flow.inactivityNs, INTERACTIVE_NS);
    } else if (flow.protocol() == IpProtocol.UDP && service.isIn(SHORT_SESSIONS)) {
      flow.lookPeriodNs = DNS_SESSION_NS;
    }
  }

  /** Notes in the history that something was not looked into. */
  static void onWeird(Flow flow, String name) {
    if (LIMITS.contains(name)) {
      flow.noteLimit();
    }
  }
}
