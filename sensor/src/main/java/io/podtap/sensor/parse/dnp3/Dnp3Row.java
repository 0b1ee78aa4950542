/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dnp3;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/**
 * A request with its answer, or one of them.
 *
 * @param indications 16 bits, or {@link LogSchema#UNSET}
 */
record Dnp3Row(
    Flow flow, long timeNs, @Nullable String request, @Nullable String reply, long indications) {

  static LogSchema<Dnp3Row> schema() {
    return LogSchema.<Dnp3Row>named("dnp3", "One record for each answer of DNP3.")
        .time("ts", "Time of the answer, else of the request.", Dnp3Row::timeNs)
        .flow(Dnp3Row::flow)
        .wire("fc_request", "What was asked for.", Dnp3Row::request)
        .wire("fc_reply", "How it was answered.", Dnp3Row::reply)
        .count("iin", "What the outstation says of itself, 16 bits.", Dnp3Row::indications)
        .build();
  }
}
