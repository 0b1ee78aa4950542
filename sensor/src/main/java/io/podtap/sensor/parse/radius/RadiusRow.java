/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.radius;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** One attempt to get access. One thread. */
final class RadiusRow {

  private static final long IPV4_MAPPED = 0xFFFFL << 32;

  final Flow flow;
  final long timeNs;
  @Nullable String userName;
  @Nullable String hardwareAddress;

  /** An IPv4 address, or -1. */
  long framedAddress = -1;

  @Nullable String tunnelClient;
  @Nullable String connectInfo;
  @Nullable String replyMessage;
  String result = "";
  long durationNs;

  RadiusRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  static LogSchema<RadiusRow> schema() {
    return LogSchema.<RadiusRow>named("radius", "One record for each attempt to get access.")
        .time("ts", "Time of the first message.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("username", "Who wants access.", row -> row.userName)
        .wire("mac", "Hardware address of the caller.", row -> row.hardwareAddress)
        .address(
            "framed_addr",
            "The address that the caller was given.",
            (row, out) -> {
              if (row.framedAddress >= 0) {
                out.address(0, IPV4_MAPPED | row.framedAddress);
              }
              return row.framedAddress >= 0;
            })
        .wire("tunnel_client", "Address or name of a tunnel's beginning.", row -> row.tunnelClient)
        .wire("connect_info", "What the connection is like.", row -> row.connectInfo)
        .wire("reply_msg", "What the user is told.", row -> row.replyMessage)
        .wire("result", "success, failed or unknown.", row -> row.result)
        .interval(
            "ttl",
            "From the first message to the outcome.",
            row -> row.durationNs == 0 ? LogSchema.UNSET : row.durationNs)
        .build();
  }
}
