/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.agent.Threads;
import io.podtap.sensor.workers.FrameBatch;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread with an {@link Analysis} of its own, fed by batches. {@link #run} is the thread's; all
 * else belongs to the one thread that feeds it.
 */
final class Worker implements Runnable {

  /** Batches that one worker may be behind; more of them only make waiting longer. */
  private static final int BATCHES = 16;

  private static final long MAINTENANCE_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final FrameBatch LAST = new FrameBatch();

  private final Supplier<Analysis> maker;
  private final Workers.@Nullable Clock clock;
  private final BlockingQueue<FrameBatch> full = new ArrayBlockingQueue<>(BATCHES + 1);
  private final BlockingQueue<FrameBatch> empty = new ArrayBlockingQueue<>(BATCHES);
  private final CountDownLatch made = new CountDownLatch(1);
  private final Thread thread;
  private FrameBatch filling = new FrameBatch();

  /** Whether the thread has taken the last batch. */
  private boolean ended;

  private volatile AnalysisSummary summary = AnalysisSummary.NONE;
  private volatile @Nullable Throwable failure;

  /** Nanoseconds since 1970 up to which time has passed when the last batch was taken. */
  private volatile long endNs;

  /**
   * @param maker makes the analysis, on the worker's thread
   * @param clock see {@link FrameAnalysis#of}
   */
  Worker(int index, Supplier<Analysis> maker, Workers.@Nullable Clock clock) {
    this.maker = maker;
    this.clock = clock;
    for (int i = 1; i < BATCHES; i++) {
      empty.add(new FrameBatch());
    }
    thread = Threads.unstarted("worker-" + index, this);
  }

  /** Starts the thread and waits for its analysis; what could not be made is thrown. */
  void start() {
    thread.start();
    await(made);
    throwFailure();
  }

  /** Copies a frame for this worker; waits while it is too far behind. */
  void add(io.podtap.core.packet.Frame frame) {
    while (!filling.add(frame)) {
      handOver();
    }
  }

  /** Lets the worker have what is there when it has nothing else to do. */
  void nudge() {
    if (!filling.isEmpty() && full.isEmpty()) {
      handOver();
    }
    throwFailure();
  }

  private void handOver() {
    full.add(filling);
    try {
      filling = empty.take();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for a worker", e);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Says that nothing follows; time has passed until {@code lastNs}. */
  void end(long lastNs) {
    endNs = lastNs;
    if (!filling.isEmpty()) {
      handOver();
    }
    full.add(LAST);
  }

  /** Waits for the end; what went wrong is thrown. */
  void join() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    throwFailure();
  }

  private void throwFailure() {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
  }

  /** Returns what was counted until a moment ago; after the end, all. */
  AnalysisSummary summary() {
    return summary;
  }

  @Override
  public void run() {
    try {
      analyse();
    } catch (RuntimeException | Error e) {
      failure = e;
      made.countDown();
      giveBack();
    }
  }

  private void analyse() {
    Analysis analysis = maker.get();
    made.countDown();
    try (analysis) {
      long nextMaintenanceNs = 0;
      for (FrameBatch batch = poll(); batch != LAST; batch = poll()) {
        if (batch != null) {
          batch.drain(analysis);
          empty.add(batch);
        }
        if (clock != null && clock.nowNs() >= nextMaintenanceNs) {
          nextMaintenanceNs = clock.nowNs() + MAINTENANCE_NS;
          analysis.idle(clock.nowNs());
          summary = analysis.summary();
        }
      }
      analysis.idle(endNs);
    }
    summary = analysis.summary();
  }

  private @Nullable FrameBatch poll() {
    try {
      FrameBatch batch = full.poll(MAINTENANCE_NS, TimeUnit.NANOSECONDS);
      ended |= batch == LAST;
      return batch;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Lets whoever feeds this worker go on, until it looks. */
  private void giveBack() {
    while (!ended) {
      FrameBatch batch = poll();
      if (batch != null && batch != LAST) {
        batch.clear();
        empty.add(batch);
      }
    }
  }
}
