/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.sensor.flow.AheadBytes;
import io.podtap.sensor.flow.BlockPool;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import java.lang.foreign.MemorySegment;

/**
 * Puts the bytes of streams in order: what is next goes on at once, where it is; what lies ahead of
 * a hole is kept until the hole is filled or given up. Nothing is kept of a flow that nobody wants
 * to see. One thread.
 */
final class StreamFeed implements AutoCloseable {

  private final FlowHandler handler;
  private final Weirds weirds;
  private final BlockPool pool;
  private long endFullBytes;
  private long poolFullBytes;

  StreamFeed(FlowHandler handler, Weirds weirds, long bytesMax) {
    this.handler = handler;
    this.weirds = weirds;
    this.pool = new BlockPool(bytesMax);
  }

  /** Keeps the bytes {@code from} to {@code to}, which lie ahead of a hole. */
  void hold(Flow flow, FlowEnd end, long from, long to, MemorySegment segment, long offset) {
    if (!flow.isPayloadWanted()) {
      return;
    }
    AheadBytes held = end.held;
    if (held == null) {
      held = new AheadBytes(pool);
      end.held = held;
    }
    switch (held.add(from, to, segment, offset)) {
      case KEPT -> {}
      case INCONSISTENT -> weirds.add(Weird.RETRANSMISSION_INCONSISTENCY, flow);
      case END_FULL -> endFullBytes += to - from;
      case POOL_FULL -> poolFullBytes += to - from;
    }
  }

  /**
   * Hands on the bytes {@code from} to {@code to}, which are next, and what was held behind them.
   * Of bytes that are held, too, the held ones count: they came first.
   *
   * @param upTo everything before it has been seen
   */
  void next(
      Flow flow, FlowEnd end, long from, long to, MemorySegment segment, long offset, long upTo) {
    if (end.held == null && to == upTo) {
      if (flow.isPayloadWanted()) {
        handler.onPayload(flow, end == flow.originator(), segment, offset, (int) (to - from));
      }
      return;
    }
    AheadBytes held = end.held;
    long at = from;
    while (at < to && flow.isPayloadWanted()) {
      if (held == null || held.isEmpty() || held.first() > at) {
        long limit = held == null || held.isEmpty() ? to : Math.min(to, held.first());
        handler.onPayload(
            flow, end == flow.originator(), segment, offset + (at - from), (int) (limit - at));
        at = limit;
      } else {
        at = deliverFirst(flow, end, held, at);
      }
    }
    skipTo(flow, end, Math.max(at, to), upTo);
  }

  /** Hands on what is held up to {@code upTo}; what is missing before it is a gap. */
  void skipTo(Flow flow, FlowEnd end, long from, long upTo) {
    AheadBytes held = end.held;
    long at = from;
    while (at < upTo && flow.isPayloadWanted()) {
      if (held != null && !held.isEmpty() && held.first() <= at) {
        at = deliverFirst(flow, end, held, at);
      } else {
        long limit = held == null || held.isEmpty() ? upTo : Math.min(upTo, held.first());
        handler.onGap(flow, end == flow.originator(), limit - at);
        at = limit;
      }
    }
    if (held != null && (held.isEmpty() || !flow.isPayloadWanted())) {
      release(end);
    }
  }

  /** Hands on what the first piece has from {@code at} on, and returns where it ends. */
  private long deliverFirst(Flow flow, FlowEnd end, AheadBytes held, long at) {
    long skipped = at - held.first();
    int count = (int) Math.max(0, held.firstLength() - skipped);
    if (count > 0) {
      handler.onPayload(
          flow, end == flow.originator(), held.firstSegment(), held.firstOffset() + skipped, count);
    }
    held.removeFirst();
    return at + count;
  }

  /** Forgets what is held of an end. */
  void release(FlowEnd end) {
    if (end.held != null) {
      end.held.clear();
      end.held = null;
    }
  }

  /** Returns bytes that were not kept because their end held as much as it may. */
  long endFullBytes() {
    return endFullBytes;
  }

  /** Returns bytes that were not kept because all ends together held as much as they may. */
  long poolFullBytes() {
    return poolFullBytes;
  }

  /** Returns bytes that are set aside for what is held. */
  long bytesUsed() {
    return pool.bytesUsed();
  }

  @Override
  public void close() {
    pool.close();
  }
}
