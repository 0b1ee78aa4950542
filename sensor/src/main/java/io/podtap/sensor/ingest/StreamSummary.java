/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.metrics.Reading;
import io.podtap.sensor.stream.StreamCounters;

/**
 * What came by streams over TLS, at one moment.
 *
 * @param connections of taps and unknown senders, by how they ended
 * @param reading see {@link IngestMetrics}
 */
public record StreamSummary(StreamCounters connections, Reading reading) {

  /** Nothing yet, or no streams. */
  static final StreamSummary NONE =
      new StreamSummary(StreamCounters.NONE, IngestMetrics.SENSOR.streams.zero());

  /** Returns frames handed on to analysis. */
  public long frames() {
    return reading.count("frames");
  }

  /** Returns reports and comments that are invalid and were not used. */
  public long badReports() {
    return reading.count("bad_reports");
  }

  /** Returns frames whose capture time was not trusted. */
  public long implausibleTimes() {
    return reading.count("implausible_times");
  }
}
