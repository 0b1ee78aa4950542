/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.FrameHandler;
import io.podtap.sensor.sink.LogSink;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * From frames to log records, on the caller's thread ({@link Analysis}) or on several ({@link
 * Workers}). One thread calls it.
 */
public sealed interface FrameAnalysis extends FrameHandler, AutoCloseable
    permits Analysis, Workers {

  /**
   * Makes one with as many workers as the settings ask for.
   *
   * @param sink closed with the analysis
   * @param tapName see {@link Analysis}; called by any thread
   * @param clock nanoseconds since 1970, where time passes without frames; null for a capture file
   */
  static FrameAnalysis of(
      AnalysisSettings settings,
      LogSink sink,
      @Nullable IntFunction<String> tapName,
      Workers.@Nullable Clock clock) {
    return settings.workers() == 1
        ? new Analysis(settings, sink, tapName)
        : Workers.start(settings, sink, tapName, clock);
  }

  /**
   * Lets time pass without frames: flows end, lines reach their files.
   *
   * @param nowNs by the clock of this machine, nanoseconds since 1970
   */
  void idle(long nowNs);

  /** Returns what was counted so far. */
  AnalysisSummary summary();

  /** Ends every flow and every log; nothing that was seen is lost. */
  @Override
  void close();
}
