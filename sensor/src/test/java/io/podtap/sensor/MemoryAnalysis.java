/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Frame;
import io.podtap.sensor.flow.FlowTable;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.track.Tracker;

/** An analysis with the bounds that this process's heap gives it, and what it says of them. */
public final class MemoryAnalysis implements AutoCloseable {

  private final HeapPlan plan = HeapPlan.of(1);
  private final Analysis analysis;

  public MemoryAnalysis(LogSink sink) {
    Tracker.Settings tracking =
        new Tracker.Settings(plan.flowsMax(), /* checkChecksums= */ false, /* seed= */ 7);
    analysis = new Analysis(AnalysisSettings.standard(tracking), sink, /* tapName= */ null);
  }

  public void onFrame(Frame frame) {
    analysis.onFrame(frame);
  }

  public long carriedBytes() {
    return analysis.load().carriedBytes();
  }

  public long budget() {
    return plan.carriedBytesMax();
  }

  /** Returns what the flow table accounts for. */
  public long flowBytes() {
    return (long) analysis.flows() * FlowTable.BYTES_PER_FLOW;
  }

  public long letGo() {
    return analysis.load().flowsUnparsed() + analysis.load().flowsTooLarge();
  }

  public long failures() {
    return analysis.load().parserFailures().values().stream().mapToLong(n -> n).sum();
  }

  @Override
  public void close() {
    analysis.close();
  }
}
