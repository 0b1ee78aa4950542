/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;

/** The declaration of {@code tunnel.log}: what became of tunnels inside the traffic. */
public final class TunnelLog {

  private TunnelLog() {}

  /**
   * One record.
   *
   * @param ends who the tunnel is between, with its unique id
   * @param isProxy whether it has no id, and its originator no port: one connection asked for
   *     another
   */
  public record Row(long timeNs, Flow ends, boolean isProxy, String type, String action) {}

  /** Declares the log as Zeek has it. */
  public static LogSchema<Row> schema() {
    return LogSchema.<Row>named(
            "tunnel", "One record when a tunnel is discovered, one when it is over.")
        .time("ts", "When it was.", Row::timeNs)
        .string(
            "uid",
            "Unique id of the tunnel: of the flow in conn.log that carries it; of IP in IP and GRE,"
                + " which have no flow, as in tunnel_parents.",
            TunnelLog::uid)
        .address("id.orig_h", "The originator's address.", TunnelLog::originator)
        .port(
            "id.orig_p",
            "The originator's port; 0 where there are no ports.",
            row -> row.isProxy ? 0 : row.ends.originatorPort())
        .address("id.resp_h", "The responder's address.", TunnelLog::responder)
        .port("id.resp_p", "The responder's port.", row -> row.ends.responderPort())
        .enumeration(
            "tunnel_type",
            "Tunnel::AYIYA, Tunnel::GENEVE, Tunnel::GRE, Tunnel::GTPv1, Tunnel::HTTP, Tunnel::IP,"
                + " Tunnel::SOCKS, Tunnel::TEREDO or Tunnel::VXLAN.",
            (row, out) -> word(row.type, out))
        .enumeration(
            "action",
            "Tunnel::DISCOVER: a first flow came through it. Tunnel::CLOSE: it is over."
                + " Tunnel::EXPIRE: no further flow came through it for an hour.",
            (row, out) -> word(row.action, out))
        .of(Row::ends)
        .build();
  }

  private static boolean uid(Row row, LineBuffer out) {
    if (!row.isProxy) {
      out.put('C').base62(row.ends.uidHigh(), row.ends.uidLow());
    }
    return !row.isProxy;
  }

  private static boolean originator(Row row, LineBuffer out) {
    out.address(row.ends.originatorHigh(), row.ends.originatorLow());
    return true;
  }

  private static boolean responder(Row row, LineBuffer out) {
    out.address(row.ends.responderHigh(), row.ends.responderLow());
    return true;
  }

  private static boolean word(String text, LineBuffer out) {
    out.put(text);
    return true;
  }
}
