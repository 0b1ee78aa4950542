/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.sip;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request and what was answered so far. One thread. */
final class SipRow {

  final Flow flow;
  final long timeNs;
  @Nullable String method;
  @Nullable String uri;
  @Nullable String date;
  @Nullable String requestFrom;
  @Nullable String requestTo;
  @Nullable String responseFrom;
  @Nullable String responseTo;
  @Nullable String replyTo;
  @Nullable String callId;
  @Nullable String sequence;
  @Nullable String subject;
  final List<String> requestPath = new ArrayList<>(1);
  final List<String> responsePath = new ArrayList<>(1);
  @Nullable String userAgent;
  long statusCode = LogSchema.UNSET;
  @Nullable String statusMessage;
  @Nullable String warning;
  long requestBodyLength = LogSchema.UNSET;
  long responseBodyLength = LogSchema.UNSET;
  @Nullable String contentType;

  SipRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  /** Returns the heap that it takes with its texts. */
  long heapBytes() {
    return 240
        + HeapSize.text(method)
        + HeapSize.text(uri)
        + HeapSize.text(date)
        + HeapSize.text(requestFrom)
        + HeapSize.text(requestTo)
        + HeapSize.text(responseFrom)
        + HeapSize.text(responseTo)
        + HeapSize.text(replyTo)
        + HeapSize.text(callId)
        + HeapSize.text(sequence)
        + HeapSize.text(subject)
        + HeapSize.texts(requestPath)
        + HeapSize.texts(responsePath)
        + HeapSize.text(userAgent)
        + HeapSize.text(statusMessage)
        + HeapSize.text(warning)
        + HeapSize.text(contentType);
  }

  static LogSchema<SipRow> schema() {
    return LogSchema.<SipRow>named("sip", "One record for each answer, with its request.")
        .time("ts", "Time of the request.", row -> row.timeNs)
        .flow(row -> row.flow)
        .count("trans_depth", "Always 0, as with Zeek.", row -> 0)
        .wire("method", "What was asked for.", row -> row.method)
        .wire("uri", "The URI of the request.", row -> row.uri)
        .wire("date", "The client's Date.", row -> row.date)
        .wire("request_from", "From of the request, without its tag.", row -> row.requestFrom)
        .wire("request_to", "To of the request.", row -> row.requestTo)
        .wire("response_from", "From of the answer, without its tag.", row -> row.responseFrom)
        .wire("response_to", "To of the answer.", row -> row.responseTo)
        .wire("reply_to", "The client's Reply-To.", row -> row.replyTo)
        .wire("call_id", "The client's Call-ID.", row -> row.callId)
        .wire("seq", "The client's CSeq.", row -> row.sequence)
        .wire("subject", "The client's Subject.", row -> row.subject)
        .wireList("request_path", "Via of the request.", row -> row.requestPath)
        .wireList("response_path", "Via of the answers.", row -> row.responsePath)
        .wire("user_agent", "The client's User-Agent.", row -> row.userAgent)
        .count("status_code", "The answer's code.", row -> row.statusCode)
        .wire("status_msg", "The answer in words.", row -> row.statusMessage)
        .wire("warning", "The server's Warning.", row -> row.warning)
        .count("request_body_len", "The client's Content-Length.", row -> row.requestBodyLength)
        .count("response_body_len", "The server's Content-Length.", row -> row.responseBodyLength)
        .wire("content_type", "The server's Content-Type.", row -> row.contentType)
        .build();
  }
}
