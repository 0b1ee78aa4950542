/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;

/**
 * What became of frames of hosts that several taps see.
 *
 * @param duplicates frames of packets that another tap had delivered
 * @param sole packets that one tap alone had delivered when they were handed on
 * @param early packets that were handed on before their time because there was no more room
 * @param joining frames left out of a tap that began in the middle of what another one delivers
 * @param heldBytes memory that is set aside for what is held
 */
public record MergeCounts(long duplicates, long sole, long early, long joining, long heldBytes) {

  /** Of a sensor that has heard one tap at most. */
  public static final MergeCounts NONE = new MergeCounts(0, 0, 0, 0, 0);

  /**
   * Declares them.
   *
   * @param prefix of the program's metrics
   */
  public static MetricGroup<MergeCounts> metrics(String prefix) {
    return MetricGroup.<MergeCounts>of(prefix, "packets of hosts that several taps see", "merged")
        .counters("merged_packets", "what", "Packets of hosts that several taps see.")
        .value("duplicate", MergeCounts::duplicates)
        .as("duplicates")
        .value("of_one_tap", MergeCounts::sole)
        .value("early", MergeCounts::early)
        .value("joining", MergeCounts::joining)
        .gauge(
            "merge",
            MetricUnit.BYTES,
            "Bytes set aside for frames that other taps may deliver, too.",
            MergeCounts::heldBytes)
        .as("bytes")
        .build();
  }

  /** Returns the sums of both. */
  public MergeCounts plus(MergeCounts other) {
    return new MergeCounts(
        duplicates + other.duplicates,
        sole + other.sole,
        early + other.early,
        joining + other.joining,
        heldBytes + other.heldBytes);
  }
}
