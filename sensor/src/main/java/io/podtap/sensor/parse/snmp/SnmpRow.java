/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.snmp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** What was asked and answered in one flow. One thread. */
final class SnmpRow {

  final Flow flow;
  final long timeNs;
  final String version;
  long durationNs;
  @Nullable String community;
  long getRequests;
  long getBulkRequests;
  long responses;
  long setRequests;
  @Nullable String description;

  /** Nanoseconds since 1970, or {@link LogSchema#UNSET}. */
  long upSinceNs = LogSchema.UNSET;

  SnmpRow(Flow flow, long timeNs, String version) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.version = version;
  }

  static LogSchema<SnmpRow> schema() {
    return LogSchema.<SnmpRow>named("snmp", "One record for each flow of SNMP.")
        .time("ts", "Time of the first message.", row -> row.timeNs)
        .flow(row -> row.flow)
        .interval("duration", "From the first message to the last.", row -> row.durationNs)
        .wire("version", "1, 2c or 3.", row -> row.version)
        .wire("community", "The community; of version 3, the user.", row -> row.community)
        .count("get_requests", "Variables asked for, or for the next.", row -> row.getRequests)
        .count("get_bulk_requests", "Variables asked for in bulk.", row -> row.getBulkRequests)
        .count("get_responses", "Variables in answers.", row -> row.responses)
        .count("set_requests", "Variables to be set.", row -> row.setRequests)
        .wire("display_string", "How the agent describes its system.", row -> row.description)
        .time("up_since", "Since when the agent says it is up.", row -> row.upSinceNs)
        .build();
  }
}
