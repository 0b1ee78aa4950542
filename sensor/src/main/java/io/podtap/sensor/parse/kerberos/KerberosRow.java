/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import org.jspecify.annotations.Nullable;

/** What was asked for in one flow, and what came of it. One thread. */
final class KerberosRow {

  final Flow flow;
  final long timeNs;
  @Nullable String requestType;
  @Nullable String client;
  @Nullable String service;

  /** 0, 1 or {@link LogSchema#UNSET}, like those below. */
  long success = LogSchema.UNSET;

  @Nullable String error;
  long fromNs = LogSchema.UNSET;
  long tillNs = LogSchema.UNSET;
  @Nullable String cipher;
  long forwardable = LogSchema.UNSET;
  long renewable = LogSchema.UNSET;
  @Nullable String clientSubject;
  @Nullable String serverSubject;

  KerberosRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  /** Returns the heap that it takes with its texts. */
  long heapBytes() {
    return 120
        + HeapSize.text(client)
        + HeapSize.text(service)
        + HeapSize.text(error)
        + HeapSize.text(cipher)
        + HeapSize.text(clientSubject)
        + HeapSize.text(serverSubject);
  }

  static LogSchema<KerberosRow> schema() {
    return LogSchema.<KerberosRow>named("kerberos", "One record for each flow of Kerberos.")
        .time("ts", "Time of the first message.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire(
            "request_type",
            "AS: a first ticket; TGS: a further one; AP: a ticket is shown to a service.",
            row -> row.requestType)
        .wire("client", "Who asks: name and realm.", row -> row.client)
        .wire("service", "What the ticket is for.", row -> row.service)
        .bool("success", "Whether it was given.", row -> row.success)
        .wire("error_msg", "Why not.", row -> row.error)
        .time("from", "From when on the ticket is to be valid.", row -> row.fromNs)
        .time("till", "Until when.", row -> row.tillNs)
        .wire("cipher", "How the ticket is encrypted.", row -> row.cipher)
        .bool(
            "forwardable", "Whether a ticket was asked for that may go on.", row -> row.forwardable)
        .bool("renewable", "Whether one that may be renewed.", row -> row.renewable)
        .wire(
            "client_cert_subject",
            "Whose certificate the client shows; x509.log has the rest.",
            row -> row.clientSubject)
        .wire("client_cert_fuid", "Not set: certificates have no record in files.log.", row -> null)
        .wire("server_cert_subject", "Whose the KDC shows.", row -> row.serverSubject)
        .wire("server_cert_fuid", "Not set, as client_cert_fuid.", row -> null)
        .build();
  }
}
