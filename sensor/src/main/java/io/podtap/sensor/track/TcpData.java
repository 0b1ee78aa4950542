/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.flow.FlowTable;
import java.lang.foreign.MemorySegment;

/**
 * Which bytes of a TCP stream were seen, in which order, and which never will be: those that were
 * acknowledged. A close waits until what came before it is settled. The bytes themselves are the
 * {@link StreamFeed}'s.
 *
 * @see "Zeek's TCP_Reassembler"
 */
final class TcpData {

  /** Data ahead of a hole, or in all, while nothing is acknowledged: the other side is not seen. */
  private static final int UNACKNOWLEDGED_BYTES_MAX = 16_384;

  /** Data seen beyond the last acknowledgment; holes in it do not count. */
  private static final int OUTSTANDING_BYTES_MAX = 10 << 20;

  private static final int SCALE = 10;

  private final FlowTable table;
  private final FlowHandler handler;
  private final Weirds weirds;
  private final StreamFeed feed;
  private long acknowledgments;
  private long gapAcknowledgments;

  TcpData(FlowTable table, FlowHandler handler, Weirds weirds, StreamFeed feed) {
    this.table = table;
    this.handler = handler;
    this.weirds = weirds;
    this.feed = feed;
  }

  /** Takes an acknowledgment of what {@code end} has sent. */
  void onAcknowledged(Flow flow, FlowEnd end, FlowEnd peer, long acknowledged) {
    long upTo = acknowledged;
    if (end.finSeen && upTo >= end.finSequence) {
      upTo = end.finSequence - 1;
    }
    if (upTo <= end.trimmed) {
      return;
    }
    boolean isCounted =
        end.state == FlowEnd.ESTABLISHED && peer.state == FlowEnd.ESTABLISHED && !flow.partial;
    acknowledgments += isCounted ? 1 : 0;
    if (upTo > end.contiguous) {
      gapAcknowledgments += isCounted ? 1 : 0;
      giveUp(flow, end, peer, upTo);
    }
    end.trimmed = upTo;
    checkEnd(flow, end, peer);
  }

  /** Returns acknowledgments of new data on connections that were seen from their beginning. */
  long acknowledgments() {
    return acknowledgments;
  }

  /** Returns how many of those were for data that was not seen. */
  long gapAcknowledgments() {
    return gapAcknowledgments;
  }

  /** Acknowledged and not seen: what is missing up to {@code upTo} will not come any more. */
  private void giveUp(Flow flow, FlowEnd end, FlowEnd peer, long upTo) {
    if (upTo <= 2 && flow.partial) {
      return; // the sequence space was guessed; the guess may be off by one
    }
    long from = end.contiguous;
    while (!end.ahead.isEmpty() && end.ahead.first() < upTo) {
      gap(flow, end, peer, end.ahead.first() - end.contiguous);
      end.contiguous = end.ahead.firstEnd();
      end.ahead.removeFirst();
    }
    if (upTo > end.contiguous) {
      gap(flow, end, peer, upTo - end.contiguous);
      end.contiguous = upTo;
      absorb(end);
    }
    if (!end.abandoned) {
      feed.skipTo(flow, end, from, end.contiguous);
    }
  }

  private static void gap(Flow flow, FlowEnd end, FlowEnd peer, long bytes) {
    if (end.abandoned || !isClean(end) || !isClean(peer)) {
      return;
    }
    flow.missedBytes += bytes;
    if (++end.gaps == end.gapsNext) {
      end.gapsNext *= SCALE;
      flow.addHistory(TcpHistory.letter(flow, end, 'G'));
    }
  }

  private static boolean isClean(FlowEnd end) {
    return end.state == FlowEnd.ESTABLISHED
        || (end.state == FlowEnd.CLOSED && end.previousState == FlowEnd.ESTABLISHED);
  }

  /**
   * Takes the data of one segment. Of what was cut on purpose parsers hear as a gap, but it was
   * there, so it is not missed.
   *
   * @param length bytes that were sent
   * @param captured bytes of them at {@code dataOffset}
   */
  void onData(
      Flow flow,
      FlowEnd end,
      long relative,
      MemorySegment segment,
      long dataOffset,
      int length,
      int captured) {
    long from = Math.max(relative, Math.max(end.acknowledged, end.trimmed));
    long to = relative + length;
    if (end.abandoned || to <= from) {
      return;
    }
    end.highest = Math.max(end.highest, to);
    if (from <= end.contiguous) {
      if (to > end.contiguous) {
        long next = end.contiguous;
        end.contiguous = to;
        absorb(end);
        long there = Math.max(next, relative + captured);
        feed.next(flow, end, next, there, segment, dataOffset + (next - relative), end.contiguous);
      }
      if (end.isNothingAcknowledged() && end.last > UNACKNOWLEDGED_BYTES_MAX) {
        end.trimmed = Math.max(end.trimmed, end.contiguous);
      }
    } else {
      end.ahead.add(from, to);
      long there = relative + captured;
      if (there > from) {
        feed.hold(flow, end, from, there, segment, dataOffset + (from - relative));
      }
    }
    if (end.isNothingAcknowledged() && end.highest - end.contiguous > UNACKNOWLEDGED_BYTES_MAX) {
      abandon(flow, end, Weird.DATA_ABOVE_HOLE);
    } else if (end.highest - end.trimmed > OUTSTANDING_BYTES_MAX
        && end.contiguous - end.trimmed + end.ahead.bytes() > OUTSTANDING_BYTES_MAX) {
      abandon(flow, end, Weird.EXCESSIVE_DATA);
    }
  }

  private static void absorb(FlowEnd end) {
    while (!end.ahead.isEmpty() && end.ahead.first() <= end.contiguous) {
      end.contiguous = Math.max(end.contiguous, end.ahead.firstEnd());
      end.ahead.removeFirst();
    }
  }

  private void abandon(Flow flow, FlowEnd end, Weird why) {
    weirds.add(why, flow);
    end.abandoned = true;
    end.ahead.clear();
    feed.release(end);
    end.highest = end.trimmed;
  }

  /** Returns whether data that was sent before the end's close is still missing or not settled. */
  private static boolean isDataPending(FlowEnd end, FlowEnd peer) {
    if (end.abandoned || end.last < end.contiguous) {
      return false;
    }
    if (end.contiguous != end.last - 1 && end.contiguous != end.last) {
      return true;
    }
    return end.state != FlowEnd.RESET && peer.highest > peer.trimmed;
  }

  /** Says that an end has sent all, once what came before its close is settled. */
  void checkEnd(Flow flow, FlowEnd end, FlowEnd peer) {
    if (!end.endOfData
        && (end.finSeen || end.state == FlowEnd.CLOSED || end.state == FlowEnd.RESET)
        && !isDataPending(end, peer)) {
      end.endOfData = true;
      if (flow.isPayloadWanted()) {
        handler.onEnd(flow, end == flow.originator());
      }
      if (flow.closeDeferred) {
        close(flow, end, peer);
        flow.closeDeferred = false;
      }
    }
  }

  /** Notes that an end has closed, and when the flow is to be looked at because of it. */
  void close(Flow flow, FlowEnd end, FlowEnd peer) {
    if (isDataPending(end, peer)) {
      flow.closeDeferred = true;
      return;
    }
    flow.closeDeferred = false;
    if (end.closed) {
      return;
    }
    end.closed = true;
    if (end.state == FlowEnd.RESET || peer.closed || peer.state == FlowEnd.INACTIVE) {
      flow.attemptDeadlineNs = 0;
      flow.expireDeadlineNs = 0;
      flow.deleteDeadlineNs = flow.seenNs + Timing.TCP_CLOSE_NS;
      table.wakeBy(flow, flow.deleteDeadlineNs);
    } else if (end.previousState != FlowEnd.INACTIVE) {
      flow.expireDeadlineNs = flow.seenNs + Timing.TCP_LOOK_NS;
      table.wakeBy(flow, flow.expireDeadlineNs);
    }
  }
}
