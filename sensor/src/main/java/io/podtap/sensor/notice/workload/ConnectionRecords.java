/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import java.util.Set;

/** What detections ask of records of conn.log. */
public final class ConnectionRecords {

  /** States of TCP connections that were never established. */
  private static final Set<String> NEVER =
      Set.of("S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR", "OTH");

  /** Ports that clients get from the kernel: they name no service. */
  private static final long EPHEMERAL = 32_768;

  /** The event of a handshake of TCP; the record in conn.log comes once the connection is over. */
  public static final String ESTABLISHED = "connection_established";

  private ConnectionRecords() {}

  /** Returns whether both ends have taken part, and the record shows who began. */
  public static boolean isEstablished(RecordView connection) {
    if (connection.log().equals(ESTABLISHED)) {
      return true;
    }
    String state = connection.text("conn_state");
    return !NEVER.contains(state)
        && connection.number("resp_pkts") > 0
        && !connection.text("proto").equals("icmp");
  }

  /** Returns the responder's port and protocol; of a port without a service the protocol alone. */
  public static String port(RecordView connection) {
    long port = connection.number("id.resp_p");
    return (port >= EPHEMERAL ? "high" : Long.toString(port)) + '/' + connection.text("proto");
  }
}
