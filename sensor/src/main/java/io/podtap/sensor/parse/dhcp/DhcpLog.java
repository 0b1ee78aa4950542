/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dhcp;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;

/** The declaration of {@code dhcp.log}. */
final class DhcpLog {

  /** Stands before an IPv4 address in the lower half of an IPv6 one (RFC 4291 section 2.5.5.2). */
  private static final long IPV4_MAPPED = 0xFFFFL << 32;

  private static final long NS_PER_SECOND = 1_000_000_000L;

  private DhcpLog() {}

  static LogSchema<DhcpTransaction> schema() {
    return LogSchema.<DhcpTransaction>named(
            "dhcp", "One record for the messages of one transaction, by its id.")
        .time("ts", "Time of the first message.", row -> row.startNs)
        .stringSet("uids", "Unique ids of the flows that carried them.", DhcpLog::uids)
        .address(
            "client_addr",
            "The client's address: the one it has, else the one it was given.",
            (row, out) -> address(row.clientAddress, out))
        .address("server_addr", "The server that gave an address.", DhcpLog::server)
        .wire(
            "mac",
            "The client's hardware address.",
            row -> row.hardwareAddress != null ? row.hardwareAddress : row.clientHardwareAddress)
        .wire("host_name", "The name that the client goes by.", row -> row.hostName)
        .wire("client_fqdn", "The same with its domain.", row -> row.clientName)
        .wire("domain", "The domain that the server gave.", row -> row.domain)
        .address(
            "requested_addr",
            "The address that the client asked for.",
            (row, out) -> address(row.requestedAddress, out))
        .address(
            "assigned_addr",
            "The address that the server gave.",
            (row, out) -> address(row.assignedAddress, out))
        .interval(
            "lease_time",
            "How long it may be used.",
            row -> row.leaseSeconds < 0 ? LogSchema.UNSET : row.leaseSeconds * NS_PER_SECOND)
        .wire("client_message", "Why the client refused an address.", row -> row.clientMessage)
        .wire("server_message", "Why the server refused.", row -> row.serverMessage)
        .wireList("msg_types", "Kinds of the messages, in their order.", row -> row.messages)
        .interval(
            "duration", "From the first message to the last.", row -> row.lastNs - row.startNs)
        .build();
  }

  private static boolean uids(DhcpTransaction row, LineBuffer out) {
    for (int i = 0; i < row.flows(); i++) {
      if (i > 0) {
        out.put(TextSource.SEPARATOR);
      }
      out.put('C').base62(row.uidHigh(i), row.uidLow(i));
    }
    return true;
  }

  private static boolean server(DhcpTransaction row, LineBuffer out) {
    boolean isKnown = row.serverLow != 0 || row.serverHigh != 0;
    if (isKnown) {
      out.address(row.serverHigh, row.serverLow);
    }
    return isKnown;
  }

  private static boolean address(int address, LineBuffer out) {
    if (address != 0) {
      out.address(0, IPV4_MAPPED | (address & 0xFFFF_FFFFL));
    }
    return address != 0;
  }
}
