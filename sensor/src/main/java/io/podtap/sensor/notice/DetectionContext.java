/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/**
 * What a detection works with.
 *
 * @param options values of its options
 * @param notices takes what it finds
 * @param site which addresses and names are local
 * @param names names of workloads
 * @param sink where logs of its own go
 */
public record DetectionContext(
    OptionValues options, Notices notices, Site site, WorkloadNames names, LogSink sink) {

  /** Opens a log of the detection; its file begins with its first record. */
  public <R> LogStream<R> open(LogSchema<R> schema) {
    return sink.open(schema);
  }
}
