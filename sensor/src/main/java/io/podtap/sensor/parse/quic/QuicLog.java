/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** The declaration of {@code quic.log}. */
final class QuicLog {

  private QuicLog() {}

  /**
   * One connection.
   *
   * @param firstDestination connection id that the client's first Initial packet names, hexadecimal
   * @param history a letter for a packet, as the log's page says
   */
  record Row(
      Flow flow,
      long timeNs,
      String version,
      @Nullable String firstDestination,
      @Nullable String clientSource,
      @Nullable String serverSource,
      @Nullable String serverName,
      @Nullable String clientProtocol,
      String history) {}

  static LogSchema<Row> schema() {
    return LogSchema.<Row>named(
            "quic", "One record for each QUIC connection, and for each attempt a server put off.")
        .time("ts", "When the first packet was seen.", Row::timeNs)
        .flow(Row::flow)
        .wire("version", "Version: 1, quicv2, draft-N or unknown-HEX.", Row::version)
        .wire(
            "client_initial_dcid",
            "Connection id that the client's first packet names as its destination, hexadecimal.",
            Row::firstDestination)
        .wire("client_scid", "Connection id that the client chose.", Row::clientSource)
        .wire("server_scid", "Connection id that the server chose.", Row::serverSource)
        .wire("server_name", "Host that the client asks for (SNI).", Row::serverName)
        .wire(
            "client_protocol", "First protocol that the client offers (ALPN).", Row::clientProtocol)
        .wire(
            "history",
            "A letter for each packet, upper case from the client: I Initial, S a Hello of TLS in"
                + " it, C a close in it, Z 0-RTT, H Handshake, R Retry, O 1-RTT (the 1st, 2nd, 4th,"
                + " 8th ... alone), X bytes that follow the packets and are not packets, U unknown version.",
            Row::history)
        .build();
  }
}
