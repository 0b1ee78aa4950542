/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.modbus;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** One message. */
record ModbusRow(
    Flow flow,
    long timeNs,
    int transaction,
    int unit,
    String function,
    boolean isRequest,
    @Nullable String exception) {

  static LogSchema<ModbusRow> schema() {
    return LogSchema.<ModbusRow>named("modbus", "One record for each message of Modbus.")
        .time("ts", "When it came.", ModbusRow::timeNs)
        .flow(ModbusRow::flow)
        .count("tid", "Number of the transaction, as the client chose it.", ModbusRow::transaction)
        .count("unit", "Which device behind the server is meant.", ModbusRow::unit)
        .wire("func", "What is to be done; with _EXCEPTION: was not done.", ModbusRow::function)
        .wire("pdu_type", "REQ of the originator, RESP.", row -> row.isRequest ? "REQ" : "RESP")
        .wire("exception", "Why it was not done.", ModbusRow::exception)
        .build();
  }
}
