/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.filter.LoopGuard;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.tap.ledger.InterfaceLedger;
import io.podtap.tap.source.TapSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Hands over the frames that a test gives it, all in one batch, in native memory. */
public final class FakeSource implements TapSource {

  final List<LoopGuard> guards = new ArrayList<>();
  boolean refusesGuards;
  public boolean closed;

  private final InterfaceLedger ledger = new InterfaceLedger("eth0");
  private final Arena arena = Arena.ofShared();
  private final Frame frame = new Frame();
  private final List<MemorySegment> waiting = new ArrayList<>();
  private Consumer<Frame> facts = one -> {};
  private long delivered;
  private boolean stopped;

  /** Lets the next {@link #poll} hand over an Ethernet frame. */
  void add(byte[] bytes) {
    waiting.add(arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
  }

  /** States what the kernel knows of every frame from now on. */
  void facts(Consumer<Frame> next) {
    facts = next;
  }

  @Override
  public int poll(FrameHandler handler) {
    if (waiting.isEmpty()) {
      return stopped ? END : 0;
    }
    int count = waiting.size();
    for (MemorySegment one : waiting) {
      int length = (int) one.byteSize();
      frame.wrap(one, 0, length, length, 1_700_000_000_000_000_000L);
      facts.accept(frame.origin(LinkType.ETHERNET, 0, true));
      handler.onFrame(frame);
    }
    waiting.clear();
    delivered += count;
    handler.onBatchEnd();
    return count;
  }

  @Override
  public void await(int timeoutMs) {}

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public void interrupt() {}

  @Override
  public void maintain() {}

  @Override
  public void guard(LoopGuard guard) {
    if (refusesGuards) {
      throw new IllegalArgumentException("5000 instructions");
    }
    guards.add(guard);
  }

  @Override
  public List<InterfaceLedger> ledgers() {
    return List.of(ledger);
  }

  @Override
  public void readStatistics() {
    ledger.source(delivered, 0, 0, delivered);
  }

  @Override
  public String problem() {
    return "";
  }

  @Override
  public void close() {
    closed = true;
    arena.close();
  }
}
