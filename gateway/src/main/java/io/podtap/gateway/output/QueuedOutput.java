/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.agent.Threads;
import io.podtap.core.capture.FrameSource;
import io.podtap.core.packet.Frame;
import io.podtap.core.pcap.FrameQueue;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An output of one queue and one thread, which a {@link FrameWriter} empties. */
final class QueuedOutput implements Output {

  private static final int AWAIT_MS = 100;
  private static final long MAINTENANCE_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How long a thread that is asked to end may take. */
  private static final long END_MS = 1_000;

  private final String name;
  private final FrameWriter writer;
  private final OutputLedger ledger;
  private final FrameQueue queue;
  private final Thread thread;
  private final BlockRun rest = new BlockRun();
  private volatile boolean abandoned;

  /** Since when the present write lasts; 0 between two of them. */
  private volatile long writingSinceNs;

  private boolean closed;

  private QueuedOutput(
      String name, FrameWriter writer, OutputLedger ledger, Senders senders, int queueBytes) {
    this.name = name;
    this.writer = writer;
    this.ledger = ledger;
    queue = new FrameQueue(queueBytes, senders::linkType);
    thread = Threads.unstarted(name, this::run);
  }

  /** Begins to empty a new queue into {@code writer}, which counts in {@code ledger}. */
  static QueuedOutput start(
      String name, FrameWriter writer, OutputLedger ledger, Senders senders, int queueBytes) {
    QueuedOutput output = new QueuedOutput(name, writer, ledger, senders, queueBytes);
    output.thread.start();
    return output;
  }

  private void run() {
    long nextMaintenanceNs = System.nanoTime();
    try {
      int frames = 0;
      while (frames != FrameSource.END) {
        frames = abandoned ? giveUp() : write();
        if (frames == 0) {
          queue.await(AWAIT_MS);
        }
        long nowNs = System.nanoTime();
        if (nowNs - nextMaintenanceNs >= 0) {
          nextMaintenanceNs = nowNs + MAINTENANCE_NS;
          writer.maintain(nowNs);
        }
      }
    } finally {
      writer.close();
    }
  }

  private int write() {
    writingSinceNs = System.nanoTime() | 1;
    int frames = writer.write(queue);
    writingSinceNs = 0;
    return frames;
  }

  /** Returns for how long the present write has lasted: whoever reads takes nothing, or little. */
  long writingNs() {
    long sinceNs = writingSinceNs;
    return sinceNs == 0 ? 0 : System.nanoTime() - sinceNs;
  }

  /** Closes what a write waits for, so that {@link #isOver} soon. Any thread. */
  void interrupt() {
    writer.interrupt();
  }

  /** Throws away what waits, and counts it. */
  private int giveUp() {
    int frames = rest.next(queue);
    if (frames > 0) {
      ledger.fail(OutputFailure.GIVEN_UP, frames);
      queue.blocks().release(rest.to());
    }
    return frames;
  }

  /** Returns whether the writer can write nothing any more. */
  boolean isOver() {
    return writer.isOver();
  }

  @Override
  public void offer(Frame frame, int sender) {
    ledger.offer(1);
    if (!queue.offer(frame, sender)) {
      ledger.fail(OutputFailure.QUEUE_FULL, 1);
    }
  }

  @Override
  public void publish() {
    queue.publish();
  }

  @Override
  public OutputSummary summary() {
    return OutputSummary.of(name, ledger, -1, writer.problem());
  }

  @Override
  public void stop() {
    queue.publish();
    queue.end();
  }

  @Override
  public boolean isEnded() {
    return !thread.isAlive();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    stop();
    abandoned = true;
    writer.interrupt();
    boolean ended = false;
    try {
      ended = thread.join(Duration.ofMillis(END_MS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ended) { // otherwise the thread still uses the queue, and its memory stays
      queue.close();
    }
  }
}
