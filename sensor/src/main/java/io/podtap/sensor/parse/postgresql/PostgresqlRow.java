/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import org.jspecify.annotations.Nullable;

/** What a client asked for, and what came of it. One thread. */
final class PostgresqlRow {

  /** Characters of what the server tells, at most. */
  private static final int ANSWER_LENGTH_MAX = 8 << 10;

  final Flow flow;
  final long timeNs;
  @Nullable String user;
  @Nullable String database;
  @Nullable String application;
  @Nullable String asked;
  @Nullable String askedWhat;
  @Nullable String answered;
  @Nullable String answeredWhat;

  /** 0, 1 or {@link LogSchema#UNSET}. */
  long success = LogSchema.UNSET;

  long rows = LogSchema.UNSET;

  /** Bytes that are missing since the record before; 0 for none. */
  long missedBytes;

  PostgresqlRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  /** Returns the heap that it takes with the texts that it alone has. */
  long heapBytes() {
    return 88 + HeapSize.text(askedWhat) + HeapSize.text(answered) + HeapSize.text(answeredWhat);
  }

  /** Adds to what the server tells. */
  void tell(String text) {
    String before = answeredWhat;
    String all = before == null ? text : before + ',' + text;
    answeredWhat = all.length() <= ANSWER_LENGTH_MAX ? all : all.substring(0, ANSWER_LENGTH_MAX);
  }

  static LogSchema<PostgresqlRow> schema() {
    return LogSchema.<PostgresqlRow>named(
            "postgresql", "One record for each login, simple query and goodbye.")
        .time("ts", "Time of the first message.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("user", "Who is logged in.", row -> row.user)
        .wire("database", "Into which database.", row -> row.database)
        .wire("application_name", "What the client calls itself.", row -> row.application)
        .wire("frontend", "ssl_request, startup, simple_query or terminate.", row -> row.asked)
        .wire(
            "frontend_arg", "The query; ends in `...` where bytes were lost.", row -> row.askedWhat)
        .wire("backend", "ssl_reply, auth_request, auth_ok or error.", row -> row.answered)
        .wire("backend_arg", "What exactly the server answered.", row -> row.answeredWhat)
        .bool("success", "Whether it did what was asked.", row -> row.success)
        .count("rows", "Rows that came back.", row -> row.rows)
        .rare(
            row -> row.missedBytes > 0,
            log ->
                log.count(
                    "missed_bytes",
                    "Bytes that are missing since the connection's record before: there may have"
                        + " been queries in them.",
                    row -> row.missedBytes > 0 ? row.missedBytes : LogSchema.UNSET))
        .build();
  }
}
