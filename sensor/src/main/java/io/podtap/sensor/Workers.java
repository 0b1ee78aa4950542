/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Frame;
import io.podtap.sensor.dispatch.WeirdMemory;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.workers.WorkerSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Several analyses, each on a thread of its own. The caller's thread copies a frame into the batch
 * of its worker, which {@link WorkerSelection} chooses, so that what belongs together meets in one
 * analysis; records of all go to the same logs. When a worker falls behind, the caller waits: a
 * capture file is read more slowly, sockets fill and count what they drop.
 *
 * <p>Memory is shared out: each analysis has its part of the flows, parsers and stream bytes.
 */
public final class Workers implements FrameAnalysis {

  /** Tells nanoseconds since 1970. Any thread. */
  @FunctionalInterface
  public interface Clock {

    /** Returns the time. */
    long nowNs();
  }

  private final LogSink sink;
  private final WorkerSelection steering;
  private final List<Worker> workers = new ArrayList<>();
  private long lastNs;

  private Workers(int count, LogSink sink) {
    this.sink = sink;
    this.steering = new WorkerSelection(count);
  }

  /** See {@link FrameAnalysis#of}. */
  static Workers start(
      AnalysisSettings settings,
      LogSink sink,
      @Nullable IntFunction<String> tapName,
      @Nullable Clock clock) {
    Workers all = new Workers(settings.workers(), sink);
    WeirdMemory weirds = new WeirdMemory();
    try {
      for (int i = 0; i < settings.workers(); i++) {
        AnalysisSettings own = settings.ofWorker(i);
        Worker worker =
            new Worker(i, () -> new Analysis(own, sink.another(), tapName, weirds), clock);
        all.workers.add(worker);
        worker.start();
      }
    } catch (RuntimeException e) {
      all.workers.forEach(worker -> worker.end(/* lastNs= */ 0));
      sink.close();
      throw e;
    }
    return all;
  }

  @Override
  public void onFrame(Frame frame) {
    lastNs = Math.max(lastNs, frame.receivedNs());
    workers.get(steering.worker(frame)).add(frame);
  }

  @Override
  public void onBatchEnd() {
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).nudge();
    }
  }

  @Override
  public void idle(long nowNs) {
    lastNs = Math.max(lastNs, nowNs);
    onBatchEnd();
    sink.flush();
  }

  @Override
  public AnalysisSummary summary() {
    AnalysisSummary sum = AnalysisSummary.NONE;
    for (Worker worker : workers) {
      sum = sum.plus(worker.summary());
    }
    return sum;
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.end(lastNs));
    try {
      workers.forEach(Worker::join);
    } finally {
      sink.close();
    }
  }
}
