/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** One search and its result. One thread. */
final class LdapSearchRow {

  final Flow flow;
  final long timeNs;
  final long messageId;

  /** What is accounted for it. */
  long heldBytes;

  @Nullable String scope;
  @Nullable String aliases;
  @Nullable String base;
  long results;

  /** Whether entries may be missing: then how many there were is not known. */
  boolean isIncomplete;

  @Nullable String result;
  @Nullable String diagnostic;
  @Nullable String filter;

  LdapSearchRow(Flow flow, long timeNs, long messageId) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.messageId = messageId;
  }

  static LogSchema<LdapSearchRow> schema() {
    return LogSchema.<LdapSearchRow>named("ldap_search", "One record for each search.")
        .time("ts", "When it was first seen.", row -> row.timeNs)
        .flow(row -> row.flow)
        .integer("message_id", "Its number on the connection.", row -> row.messageId)
        .wire("scope", "How deep: base, single or tree.", row -> row.scope)
        .wire("deref_aliases", "When aliases are followed.", row -> row.aliases)
        .wire("base_object", "Where the search begins.", row -> row.base)
        .count(
            "result_count",
            "Entries found; not set when packets are missing in which there may have been more.",
            row -> row.isIncomplete ? LogSchema.UNSET : row.results)
        .wire("result", "What came of it.", row -> row.result)
        .wire("diagnostic_message", "The server's words.", row -> row.diagnostic)
        .wire("filter", "What is looked for.", row -> row.filter)
        .wireList("attributes", "Not set: attributes are not kept.", row -> null)
        .build();
  }
}
