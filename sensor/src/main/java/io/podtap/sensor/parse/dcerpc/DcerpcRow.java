/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/**
 * One call.
 *
 * @param timeNs of the request, nanoseconds since 1970
 * @param roundTripNs from the request to its response, or {@link LogSchema#UNSET}
 * @param pipe where the server listens, as it says itself: a pipe or a port
 */
record DcerpcRow(
    Flow flow,
    long timeNs,
    long roundTripNs,
    @Nullable String pipe,
    String endpoint,
    String operation) {

  static LogSchema<DcerpcRow> schema() {
    return LogSchema.<DcerpcRow>named("dce_rpc", "One record for each answered call.")
        .time("ts", "Time of the request.", DcerpcRow::timeNs)
        .flow(DcerpcRow::flow)
        .interval("rtt", "From the request to its response.", DcerpcRow::roundTripNs)
        .wire("named_pipe", "The server's pipe or port, as it names it.", DcerpcRow::pipe)
        .wire("endpoint", "The interface.", DcerpcRow::endpoint)
        .wire("operation", "What was called.", DcerpcRow::operation)
        .build();
  }
}
