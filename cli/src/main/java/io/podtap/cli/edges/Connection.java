/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.util.Set;

/**
 * What one record of {@code conn.log} says.
 *
 * @param client the originator
 * @param server the responder
 * @param clientAddress the originator's address, as the log has it
 * @param serverAddress the responder's address
 * @param clientPort the originator's port; {@link #NO_PORT} for other transports than TCP and UDP
 * @param transport {@code tcp}, {@code udp}, {@code icmp} or {@code unknown_transport}
 * @param port of the responder; {@link #NO_PORT} for other transports than TCP and UDP
 * @param service protocols found by content; empty for none
 * @param name by which the originator looked the responder up; empty when unknown
 * @param state Zeek's {@code conn_state}
 * @param startNs time of the first packet since 1970
 * @param endNs time of the last packet
 * @param originatorBytes payload
 * @param responderBytes payload
 */
record Connection(
    End client,
    End server,
    String clientAddress,
    String serverAddress,
    int clientPort,
    String transport,
    int port,
    String service,
    String name,
    String state,
    long startNs,
    long endNs,
    long originatorBytes,
    long responderBytes) {

  static final int NO_PORT = -1;

  /** States of TCP in which the handshake was not seen to succeed. */
  private static final Set<String> FAILED = Set.of("S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR");

  /**
   * Returns whether the server did not accept: TCP without a handshake, or DNS over UDP without an
   * answer. Other datagrams may need none.
   */
  boolean isFailed() {
    return switch (transport) {
      case "tcp" -> FAILED.contains(state);
      case "udp" -> service.equals("dns") && state.equals("S0");
      default -> false;
    };
  }
}
