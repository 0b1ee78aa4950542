/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import org.jspecify.annotations.Nullable;

/** One command and what came of it. One thread. */
final class MysqlRow {

  final Flow flow;
  final long timeNs;
  final String command;
  String argument;
  boolean answered;
  boolean succeeded;
  long rows = LogSchema.UNSET;
  @Nullable String response;

  /** Bytes that are missing since the record before; 0 for none. */
  long missedBytes;

  MysqlRow(Flow flow, long timeNs, String command, String argument) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.command = command;
    this.argument = argument;
  }

  /** Returns the heap that it takes while it waits for its answer. */
  long heapBytes() {
    return 64 + HeapSize.text(command) + HeapSize.text(argument);
  }

  static LogSchema<MysqlRow> schema() {
    return LogSchema.<MysqlRow>named("mysql", "One record for each login and each command.")
        .time("ts", "When it came.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("cmd", "The command.", row -> row.command)
        .wire("arg", "Its argument; ends in `...` where bytes were lost.", row -> row.argument)
        .bool(
            "success",
            "Whether the server did it; not set when it did not say.",
            row -> row.answered ? row.succeeded ? 1 : 0 : LogSchema.UNSET)
        .count("rows", "Rows that it changed.", row -> row.rows)
        .wire("response", "Why the server did not.", row -> row.response)
        .rare(
            row -> row.missedBytes > 0,
            log ->
                log.count(
                    "missed_bytes",
                    "Bytes that are missing since the connection's record before: there may have"
                        + " been commands in them.",
                    row -> row.missedBytes > 0 ? row.missedBytes : LogSchema.UNSET))
        .build();
  }
}
