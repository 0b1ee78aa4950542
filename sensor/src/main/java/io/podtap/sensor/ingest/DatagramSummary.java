/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.metrics.Reading;
import java.util.Map;

/**
 * What came by tunnels, at one moment.
 *
 * @param reading see {@link IngestMetrics}
 */
public record DatagramSummary(Reading reading) {

  static DatagramSummary of(ReceiveCounters counters) {
    return new DatagramSummary(IngestMetrics.SENSOR.datagrams.read(counters));
  }

  /** Returns datagrams, joined ones counted each. */
  public long datagrams() {
    return reading.count("datagrams");
  }

  /** Returns frames handed on. */
  public long analysed() {
    return reading.count("analysed");
  }

  /** Returns taps' own reports. */
  public long reports() {
    return reading.count("reports");
  }

  /** Returns frames of unknown senders, where only known taps are wanted. */
  public long refused() {
    return reading.count("refused");
  }

  /** Returns datagrams that could not be decapsulated, by name. */
  public Map<String, Long> malformed() {
    return reading.counts("malformed");
  }

  /** Returns reports and probes that are invalid and were not used. */
  public long badReports() {
    return reading.count("bad_reports");
  }

  /** Returns datagrams that could not be decapsulated. */
  public long malformedTotal() {
    return reading.count("malformed");
  }

  /** Returns datagrams that the kernel dropped because a socket's buffer was full. */
  public long overflowed() {
    return reading.count("overflowed");
  }
}
