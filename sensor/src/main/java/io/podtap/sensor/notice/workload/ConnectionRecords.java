/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.dispatch.Protocols;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

/** What detections ask of records of conn.log. */
public final class ConnectionRecords {

  /** States of TCP connections that were never established. */
  private static final Set<String> NEVER =
      Set.of("S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR", "OTH");

  /** Ports that clients get from the kernel: they name no service. */
  private static final long EPHEMERAL = 32_768;

  /** The event of a handshake of TCP; the record in conn.log comes once the connection is over. */
  public static final String ESTABLISHED = "connection_established";

  /** The event of a protocol that a connection was found to carry, which its record names too. */
  public static final String CONFIRMED = "protocol_confirmed";

  private static final List<String> SERVICES = Protocols.names();

  private ConnectionRecords() {}

  /** Returns whether both ends have taken part, and the record shows who began. */
  public static boolean isEstablished(RecordView connection) {
    if (connection.log().equals(ESTABLISHED)) {
      return true;
    }
    if (connection.log().equals(CONFIRMED)) {
      return connection.number("answered") == 1;
    }
    String state = connection.text("conn_state");
    return !NEVER.contains(state)
        && connection.number("resp_pkts") > 0
        && !connection.text("proto").equals("icmp");
  }

  /** Returns the services of a connection with commas, or the one that it was found to carry. */
  public static String servicesText(RecordView connection) {
    return connection.log().equals(CONFIRMED)
        ? SERVICES.get((int) connection.number("number"))
        : connection.text("service");
  }

  /** Returns the services of a connection, or the one that it was found to carry; without order. */
  public static List<String> services(RecordView connection) {
    List<String> services = new ArrayList<>();
    StringTokenizer names = new StringTokenizer(servicesText(connection), ",");
    while (names.hasMoreTokens()) {
      services.add(names.nextToken());
    }
    return services;
  }

  /** Returns whether the responder's port is one that clients get from the kernel. */
  public static boolean isHighPort(RecordView connection) {
    return connection.number("id.resp_p") >= EPHEMERAL;
  }

  /** Returns the responder's port and protocol as one number. */
  public static long portCode(RecordView connection) {
    return connection.number("id.resp_p") << Byte.SIZE
        | connection.text("proto").length() << 1
        | (connection.text("proto").startsWith("t") ? 1 : 0);
  }

  /** Returns the responder's port and protocol; of a port without a service the protocol alone. */
  public static String port(RecordView connection) {
    long port = connection.number("id.resp_p");
    return (port >= EPHEMERAL ? "high" : Long.toString(port)) + '/' + connection.text("proto");
  }
}
