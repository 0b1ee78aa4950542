/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** One operation and its result. One thread. */
final class LdapRow {

  final Flow flow;
  final long timeNs;
  final long messageId;

  /** What is accounted for it. */
  long heldBytes;

  long version = LogSchema.UNSET;
  @Nullable String operation;
  @Nullable String result;
  @Nullable String diagnostic;
  @Nullable String object;
  @Nullable String argument;

  LdapRow(Flow flow, long timeNs, long messageId) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.messageId = messageId;
  }

  static LogSchema<LdapRow> schema() {
    return LogSchema.<LdapRow>named("ldap", "One record for each operation but searches.")
        .time("ts", "When it was first seen.", row -> row.timeNs)
        .flow(row -> row.flow)
        .integer("message_id", "Its number on the connection.", row -> row.messageId)
        .integer("version", "Protocol version of a bind.", row -> row.version)
        .wire("opcode", "What was to be done.", row -> row.operation)
        .wire("result", "What came of it.", row -> row.result)
        .wire("diagnostic_message", "The server's words.", row -> row.diagnostic)
        .wire("object", "What it was about.", row -> row.object)
        .wire("argument", "How; passwords are not shown.", row -> row.argument)
        .build();
  }
}
