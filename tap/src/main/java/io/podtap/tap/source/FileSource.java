/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.source;

import io.podtap.core.filter.BpfProgram;
import io.podtap.core.filter.FilterCompiler;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.filter.PacketFacts;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapReader;
import io.podtap.tap.ledger.InterfaceLedger;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames of a capture file, filtered here as the kernel would, and at the speed at which they were
 * captured when that is asked for: then {@link #poll} waits between frames.
 */
public final class FileSource implements TapSource {

  /** How long a wait may last before the wish to stop is looked at. */
  private static final long WAIT_SLICE_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final SourceSettings.CaptureFile settings;
  private final PcapReader reader;
  private final InterfaceLedger ledger;
  private final PacketFacts facts = new PacketFacts();
  private BpfProgram filter;
  private int filterLinkType = LinkType.ETHERNET;
  private long seen;
  private long filtered;
  private long firstTimestampNs = -1;
  private long firstSentNs;
  private volatile boolean stopped;

  private FileSource(SourceSettings.CaptureFile settings) {
    this.settings = settings;
    filter = FilterCompiler.compile(settings.filter(), filterLinkType);
    ledger = new InterfaceLedger(settings.label());
    reader = PcapReader.open(settings.file());
  }

  public static FileSource open(SourceSettings.CaptureFile settings) {
    return new FileSource(settings);
  }

  /** Stands between reader and mirror. */
  private final class Gate implements FrameHandler {

    private final FrameHandler next;

    Gate(FrameHandler next) {
      this.next = next;
    }

    @Override
    public void onFrame(Frame frame) {
      boolean passing = !stopped && passes(frame);
      if (passing && settings.originalSpeed()) {
        waitForTurn(frame.timestampNs());
      }
      if (stopped) {
        return; // not taken any more
      }
      seen++;
      if (!passing) {
        filtered++;
        return;
      }
      next.onFrame(frame.origin(frame.linkType(), 0, frame.isOutgoing()));
    }

    private void waitForTurn(long timestampNs) {
      if (firstTimestampNs < 0) {
        firstTimestampNs = timestampNs;
        firstSentNs = System.nanoTime();
      }
      long due = firstSentNs + timestampNs - firstTimestampNs;
      long left = due - System.nanoTime();
      if (left <= 0 || stopped) {
        return;
      }
      next.onBatchEnd(); // what came before does not wait
      while (left > 0 && !stopped) {
        LockSupport.parkNanos(Math.min(left, WAIT_SLICE_NS));
        left = due - System.nanoTime();
      }
    }

    @Override
    public void onBatchEnd() {
      next.onBatchEnd();
    }
  }

  private boolean passes(Frame frame) {
    if (settings.filter().isEmpty()) {
      return true;
    }
    if (frame.linkType() != filterLinkType) {
      filterLinkType = frame.linkType();
      filter = FilterCompiler.compile(settings.filter(), filterLinkType);
    }
    return filter.run(frame.segment(), frame.offset(), frame.length(), facts.of(frame)) != 0;
  }

  @Override
  public int poll(FrameHandler handler) {
    return stopped ? END : reader.poll(new Gate(handler));
  }

  @Override
  public void await(int timeoutMs) {
    // poll never comes back empty
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public void interrupt() {
    stopped = true;
  }

  @Override
  public void maintain() {
    // a file stays
  }

  @Override
  public void guard(LoopGuard guard) {
    // a file holds none of the tap's own packets
  }

  @Override
  public List<InterfaceLedger> ledgers() {
    return List.of(ledger);
  }

  @Override
  public void readStatistics() {
    ledger.source(seen, 0, filtered, seen - filtered);
  }

  @Override
  public String problem() {
    return reader.problem().orElse("");
  }

  @Override
  public void close() {
    reader.close();
  }
}
