/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.metrics.Reading;
import io.podtap.sensor.merge.MergeCounts;
import java.util.Map;

/**
 * What an analysis, or several together, have counted.
 *
 * @param reading see {@link SensorMetrics#ANALYSIS}
 * @param merged what became of frames that several taps may deliver
 */
public record AnalysisSummary(Reading reading, MergeCounts merged) {

  /** Of an analysis that has done nothing yet. */
  public static final AnalysisSummary NONE =
      new AnalysisSummary(SensorMetrics.ANALYSIS.zero(), MergeCounts.NONE);

  /** Returns frames taken. */
  public long frames() {
    return reading.count("frames");
  }

  /** Returns flows under way. */
  public int flows() {
    return (int) reading.count("flows");
  }

  /** Returns weirds of packets, by Zeek's names. */
  public Map<String, Long> weirds() {
    return reading.counts("weirds");
  }

  /** Returns where limits were met. */
  public AnalysisLoad load() {
    return new AnalysisLoad(reading);
  }

  /** Returns the sums of both. */
  public AnalysisSummary plus(AnalysisSummary other) {
    return new AnalysisSummary(reading.plus(other.reading), merged.plus(other.merged));
  }
}
