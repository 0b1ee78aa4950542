/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.requests;

import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** Where connections count their requests. One object for each analysis; one thread. */
public final class Requests {

  private final LogStream<RequestCounts> log;

  /** Opens {@code requests.log}. */
  public Requests(LogSink sink) {
    this.log = sink.open(RequestCounts.schema());
  }

  /** Begins to count for one connection. */
  public RequestCounts begin(Session session) {
    return new RequestCounts(session.account(), session.flow(), session.nowNs());
  }

  /** Writes the record of a connection that asked for something. */
  public void write(RequestCounts counts, String service) {
    if (counts.total() > 0) {
      counts.service = service;
      log.write(counts);
    }
  }
}
