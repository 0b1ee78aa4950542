/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntlm;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import org.jspecify.annotations.Nullable;

/** The login of one flow; texts are UTF-8, one character a byte. One thread. */
final class NtlmRow {

  /** Heap of the object without its texts. */
  private static final long BYTES = 80;

  final Flow flow;
  final long timeNs;
  @Nullable String user;
  @Nullable String workstation;
  @Nullable String domain;
  @Nullable String serverName;
  @Nullable String serverDnsName;
  @Nullable String serverTree;

  /** 0, 1 or {@link LogSchema#UNSET}. */
  long success = LogSchema.UNSET;

  NtlmRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  /** Returns the heap that it takes with its texts. */
  long heapBytes() {
    return BYTES
        + HeapSize.text(user)
        + HeapSize.text(workstation)
        + HeapSize.text(domain)
        + HeapSize.text(serverName)
        + HeapSize.text(serverDnsName)
        + HeapSize.text(serverTree);
  }

  static LogSchema<NtlmRow> schema() {
    return LogSchema.<NtlmRow>named("ntlm", "One record for each flow with an NTLM login.")
        .time("ts", "Time of the first message.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("username", "Who logs in.", row -> row.user)
        .wire("hostname", "The client's name for itself.", row -> row.workstation)
        .wire("domainname", "The domain of the user.", row -> row.domain)
        .wire("server_nb_computer_name", "The server's NetBIOS name.", row -> row.serverName)
        .wire("server_dns_computer_name", "The server's DNS name.", row -> row.serverDnsName)
        .wire("server_tree_name", "The DNS name of the server's forest.", row -> row.serverTree)
        .bool("success", "Whether the login succeeded, where that was seen.", row -> row.success)
        .build();
  }
}
