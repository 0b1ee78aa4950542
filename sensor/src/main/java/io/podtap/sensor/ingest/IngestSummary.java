/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.sensor.taps.TapSummary;
import java.util.List;

/**
 * What was received, at one moment.
 *
 * @param datagrams what came by tunnels
 * @param streams what came over TLS
 * @param taps taps and strangers under watch
 * @param forgottenTaps sums of those that were silent for too long
 * @param forgottenTapsCount how many those are
 */
public record IngestSummary(
    DatagramSummary datagrams,
    StreamSummary streams,
    List<TapSummary> taps,
    TapSummary forgottenTaps,
    long forgottenTapsCount) {

  public IngestSummary {
    taps = List.copyOf(taps);
  }
}
