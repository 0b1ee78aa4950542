/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.source;

import io.podtap.core.filter.LoopGuard;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.pcap.FrameQueue;
import io.podtap.tap.ledger.InterfaceLedger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Frames that another thread of this program has got from elsewhere. */
public final class QueueSource implements TapSource {

  private final FrameQueue frames;
  private final InterfaceLedger ledger;
  private final Gate gate = new Gate();
  private long seen;

  public QueueSource(SourceSettings.Queue settings) {
    frames = settings.frames();
    ledger = new InterfaceLedger(settings.label());
  }

  /** Stands between queue and mirror: whatever the frames' numbers are, the tap has one source. */
  private final class Gate implements FrameHandler {

    private @Nullable FrameHandler next;

    Gate to(FrameHandler handler) {
      next = handler;
      return this;
    }

    @Override
    public void onFrame(Frame frame) {
      seen++;
      if (next != null) {
        next.onFrame(frame.origin(frame.linkType(), 0, frame.isOutgoing()));
      }
    }

    @Override
    public void onBatchEnd() {
      if (next != null) {
        next.onBatchEnd();
      }
    }
  }

  @Override
  public int poll(FrameHandler handler) {
    return frames.poll(gate.to(handler));
  }

  @Override
  public void await(int timeoutMs) {
    if (!frames.isEnded()) {
      frames.await(timeoutMs);
    }
  }

  @Override
  public void stop() {
    frames.end();
  }

  @Override
  public void interrupt() {
    frames.end();
  }

  @Override
  public void maintain() {
    // nothing that could go away
  }

  @Override
  public void guard(LoopGuard guard) {
    // the tap's own packets do not come this way
  }

  @Override
  public List<InterfaceLedger> ledgers() {
    return List.of(ledger);
  }

  @Override
  public void readStatistics() {
    ledger.source(seen, 0, 0, seen);
  }

  @Override
  public String problem() {
    return "";
  }

  @Override
  public void close() {
    frames.close();
  }
}
