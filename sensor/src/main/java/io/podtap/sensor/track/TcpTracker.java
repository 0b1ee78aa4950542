package io.podtap.sensor.track;

import io.podtap.core.packet.Tcp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.flow.FlowTable;
import java.lang.foreign.MemorySegment;

/**
 * Follows one TCP connection packet by packet: sequence numbers, gaps that acknowledgments reveal,
 * and when the connection is over. What state an end is in says {@link TcpStates}, what is told of
 * it {@link TcpHistory}.
 *
 * <p>An acknowledgment of what was not seen is a gap, a close waits until what came before it is
 * complete. The bytes themselves are the {@link StreamFeed}'s.
 *
 * @see "RFC 9293 section 3; Zeek's TCPSessionAdapter, TCP_Endpoint, TCP_Reassembler"
 */
final class TcpTracker {

  /** A jump of sequence numbers that a SYN or RST is not believed, and an acknowledgment of 0. */
  private static final int JUMP_BYTES_MAX = 1 << 20;

  /** Data ahead of a hole, or in all, while nothing is acknowledged: the other side is not seen. */
  private static final int UNACKNOWLEDGED_BYTES_MAX = 16_384;

  /** Data beyond the last acknowledgment. */
  private static final int OUTSTANDING_BYTES_MAX = 10 << 20;

  private static final int SCALE = 10;

  private final FlowTable table;
  private final FlowHandler handler;
  private final Weirds weirds;
  private final StreamFeed feed;
  private final TcpStates states;

  TcpTracker(FlowTable table, FlowHandler handler, Weirds weirds, StreamFeed feed) {
    this.table = table;
    this.handler = handler;
    this.weirds = weirds;
    this.feed = feed;
    this.states = new TcpStates(table, weirds);
  }

  /** Counts a segment whose checksum is wrong; nothing else of it is believed. */
  void badChecksum(Flow flow, FlowEnd end) {
    weirds.add(Weird.BAD_TCP_CHECKSUM, flow);
    if (++end.checksumErrors == end.checksumErrorsNext) {
      end.checksumErrorsNext *= SCALE;
      flow.addHistory(TcpHistory.letter(flow, end, 'C'));
    }
  }

  /**
   * Takes one segment.
   *
   * @param at where the TCP header stands
   * @param dataOffset where the data begins
   * @param length bytes of data by the IP header
   * @param captured bytes of data that are there
   */
  void onSegment(
      Flow flow,
      FlowEnd end,
      MemorySegment segment,
      long at,
      long dataOffset,
      int length,
      int captured,
      long nowNs) {
    final FlowEnd peer = end == flow.originator() ? flow.responder() : flow.originator();
    final boolean fromOriginator = end == flow.originator();
    final int flags = Tcp.flags(segment, at);
    final int sequence = Tcp.sequence(segment, at);
    final int acknowledgment = Tcp.acknowledgment(segment, at);
    final boolean syn = (flags & Tcp.SYN) != 0;
    final boolean fin = (flags & Tcp.FIN) != 0;
    final boolean rst = (flags & Tcp.RST) != 0;
    final boolean ack = (flags & Tcp.ACK) != 0;

    notePartial(flow, fromOriginator, syn, ack);
    int segmentLength = (rst ? 0 : length) + (syn ? 1 : 0) + (fin ? 1 : 0);
    startEnd(flow, end, syn, sequence, segmentLength, peer);
    long relative = end.relative(sequence, end.last);
    boolean underflow = relative < 0;
    if (underflow && !rst) {
      weirds.add(Weird.SEQUENCE_UNDERFLOW, flow);
    }
    TcpHistory.noteFlags(flow, end, flags, relative, length);
    TcpHistory.noteWindow(flow, end, peer, Tcp.window(segment, at), rst);
    if (!end.closed || !peer.closed) {
      flow.lastNs = nowNs;
    }
    if (syn) {
      noteSyn(flow, rst, length);
    }
    if (fin) {
      end.finSeen = true;
      end.finSequence = relative + segmentLength;
    }
    if (rst) {
      end.resetSeen = true;
    }
    long acknowledged = ack ? acknowledge(flow, end, peer, acknowledgment, flags) : 0;
    long advance = advance(flow, end, sequence + segmentLength, length, flags);
    boolean close =
        states.next(flow, end, peer, sequence, acknowledgment, length, advance, flags, nowNs);
    if (ack) {
      // After the state has changed: a gap that a FIN or RST reveals is not reported.
      onAcknowledged(flow, /* end= */ peer, /* peer= */ end, acknowledged);
    }
    if (fromOriginator) {
      flow.originatorSeen = true;
    } else {
      flow.responderSeen = true;
    }
    if (length > 0 && !rst && !underflow) {
      if (captured >= length) {
        onData(flow, end, syn ? relative + 1 : relative, segment, dataOffset, length);
      } else {
        weirds.add(Weird.TRUNCATED_TCP_PAYLOAD, flow);
      }
    }
    checkEndOfData(flow, end, peer);
    if (close) {
      close(flow, end, peer);
    }
  }

  private static void notePartial(Flow flow, boolean fromOriginator, boolean syn, boolean ack) {
    if (fromOriginator) {
      if (!flow.originatorSeen) {
        flow.partial = !syn || ack;
      }
    } else if (!flow.responderSeen && !flow.partial) {
      flow.partial = !syn;
    }
  }

  /** Begins the sequence space of an end with its first segment, or with a SYN that comes late. */
  private void startEnd(
      Flow flow, FlowEnd end, boolean syn, int sequence, int length, FlowEnd peer) {
    switch (end.state) {
      case FlowEnd.INACTIVE -> {
        if (syn) {
          end.start(sequence, length);
        } else {
          end.start(sequence - 1, 1); // as if there had been a SYN
        }
      }
      case FlowEnd.SYN_SENT, FlowEnd.SYN_ACK_SENT -> {
        if (syn && sequence != end.startSequence) {
          weirds.add(Weird.SYN_SEQUENCE_JUMP, flow);
          end.start(sequence, length);
        }
      }
      case FlowEnd.ESTABLISHED, FlowEnd.PARTIAL -> {
        if (syn) {
          if (end.streamBytes(peer) > 0) {
            weirds.add(Weird.SYN_INSIDE_CONNECTION, flow);
          }
          if (sequence != end.startSequence) {
            weirds.add(Weird.SYN_SEQUENCE_JUMP, flow);
          }
          end.start(sequence, length);
        }
      }
      case FlowEnd.RESET -> {
        if (syn && end.previousState == FlowEnd.INACTIVE) {
          end.start(sequence, length); // the RST before was perhaps not genuine
        }
      }
      default -> {}
    }
  }

  private void noteSyn(Flow flow, boolean rst, int length) {
    if (rst) {
      weirds.add(Weird.CHRISTMAS, flow);
    }
    if (length > 0) {
      weirds.add(Weird.SYN_WITH_DATA, flow);
    }
  }

  /** Notes what {@code end} acknowledges and returns it in the peer's sequence space. */
  private long acknowledge(Flow flow, FlowEnd end, FlowEnd peer, int acknowledgment, int flags) {
    if (peer.state == FlowEnd.INACTIVE) {
      if ((flags & (Tcp.SYN | Tcp.FIN | Tcp.RST)) == 0
          && (end.state == FlowEnd.SYN_SENT
              || end.state == FlowEnd.SYN_ACK_SENT
              || end.state == FlowEnd.ESTABLISHED)) {
        weirds.add(Weird.SPLIT_ROUTING, flow);
      }
      peer.start(acknowledgment - 1, 0);
      return 1;
    }
    long relative = peer.relative(acknowledgment, peer.acknowledged);
    if (relative < 0) {
      weirds.add(Weird.ACK_UNDERFLOW, flow);
      return 0;
    }
    long difference = relative - peer.acknowledged;
    boolean believed =
        (flags & Tcp.RST) == 0 && (acknowledgment != 0 || difference <= JUMP_BYTES_MAX);
    if (believed && difference > 0) {
      peer.acknowledged = relative;
    }
    return relative;
  }

  /** Moves the end's highest sequence number and returns by how much the segment lies above it. */
  private long advance(Flow flow, FlowEnd end, int sequenceEnd, int length, int flags) {
    long difference = end.relative(sequenceEnd, end.last) - end.last;
    if ((flags & (Tcp.SYN | Tcp.RST)) != 0
        && (difference > JUMP_BYTES_MAX || difference < -JUMP_BYTES_MAX)) {
      return difference;
    }
    if ((flags & Tcp.FIN) != 0 && end.last == 1) {
      end.last += difference & 0xFFFF_FFFFL; // perhaps gigabytes went by unseen
    } else if (end.state == FlowEnd.RESET) {
      return difference;
    } else if (difference > 0) {
      end.last += difference;
    } else if (length > 0 && ++end.retransmissions == end.retransmissionsNext) {
      end.retransmissionsNext *= SCALE;
      flow.addHistory(TcpHistory.letter(flow, end, 'T'));
    }
    return difference;
  }

  /** Takes an acknowledgment of what {@code end} has sent. */
  private void onAcknowledged(Flow flow, FlowEnd end, FlowEnd peer, long acknowledged) {
    long upTo = acknowledged;
    if (end.finSeen && upTo >= end.finSequence) {
      upTo = end.finSequence - 1;
    }
    if (upTo <= end.trimmed) {
      return;
    }
    if (upTo > end.contiguous) {
      giveUp(flow, end, peer, upTo);
    }
    end.trimmed = upTo;
    checkEndOfData(flow, end, peer);
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

  private void onData(
      Flow flow, FlowEnd end, long relative, MemorySegment segment, long dataOffset, int length) {
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
        feed.next(flow, end, next, to, segment, dataOffset + (next - relative), end.contiguous);
      }
      if (end.isNothingAcknowledged() && end.last > UNACKNOWLEDGED_BYTES_MAX) {
        end.trimmed = Math.max(end.trimmed, end.contiguous);
      }
    } else {
      end.ahead.add(from, to);
      feed.hold(flow, end, from, to, segment, dataOffset + (from - relative));
    }
    if (end.isNothingAcknowledged() && end.highest - end.contiguous > UNACKNOWLEDGED_BYTES_MAX) {
      abandon(flow, end, Weird.DATA_ABOVE_HOLE);
    } else if (end.highest - end.trimmed > OUTSTANDING_BYTES_MAX) {
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

  private void checkEndOfData(Flow flow, FlowEnd end, FlowEnd peer) {
    if (!end.endOfData
        && (end.finSeen || end.state == FlowEnd.CLOSED || end.state == FlowEnd.RESET)
        && !isDataPending(end, peer)) {
      end.endOfData = true;
      if (flow.payloadWanted) {
        handler.onEnd(flow, end == flow.originator());
      }
      if (flow.closeDeferred) {
        close(flow, end, peer);
        flow.closeDeferred = false;
      }
    }
  }

  /** Notes that an end has closed, and when the flow is to be looked at because of it. */
  private void close(Flow flow, FlowEnd end, FlowEnd peer) {
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
      flow.deleteDeadlineNs = flow.lastNs + Timing.TCP_CLOSE_NS;
      table.wakeBy(flow, flow.deleteDeadlineNs);
    } else if (end.previousState != FlowEnd.INACTIVE) {
      flow.expireDeadlineNs = flow.lastNs + Timing.TCP_LOOK_NS;
      table.wakeBy(flow, flow.expireDeadlineNs);
    }
  }

  /**
   * Decides whether a SYN begins a new connection between the same ports.
   *
   * @param at where the TCP header stands
   */
  boolean isReuse(Flow flow, MemorySegment segment, long at, long nowNs) {
    int flags = Tcp.flags(segment, at);
    if ((flags & Tcp.SYN) == 0) {
      return false;
    }
    FlowEnd originator = flow.originator();
    FlowEnd responder = flow.responder();
    FlowEnd first = originator;
    if ((flags & Tcp.ACK) != 0) {
      if (originator.state != FlowEnd.INACTIVE) {
        return false;
      }
      first = responder;
    }
    if (!originator.closed || !responder.closed) {
      int sequence = Tcp.sequence(segment, at);
      if (sequence == first.startSequence) {
        return false; // sent again, or seen behind its answer
      }
      weirds.add(
          first.state == FlowEnd.SYN_SENT ? Weird.SYN_SEQUENCE_JUMP : Weird.ACTIVE_CONNECTION_REUSE,
          flow);
    } else if (originator.state != FlowEnd.RESET
        && responder.state != FlowEnd.RESET
        && nowNs - flow.lastNs < Timing.TCP_LINGER_NS) {
      weirds.add(Weird.PREMATURE_CONNECTION_REUSE, flow);
    }
    return true;
  }

  /** Answers the timer of a connection: 0 when it is over, else when to ask again. */
  static long onTimer(Flow flow, long nowNs) {
    FlowEnd originator = flow.originator();
    FlowEnd responder = flow.responder();
    if (flow.deleteDeadlineNs != 0 && nowNs >= flow.deleteDeadlineNs) {
      return 0;
    }
    if (flow.attemptDeadlineNs != 0 && nowNs >= flow.attemptDeadlineNs) {
      flow.attemptDeadlineNs = 0;
      if ((originator.state == FlowEnd.SYN_SENT || originator.state == FlowEnd.SYN_ACK_SENT)
          && responder.state == FlowEnd.INACTIVE) {
        return 0;
      }
    }
    if (flow.expireDeadlineNs != 0 && nowNs >= flow.expireDeadlineNs) {
      if (!flow.active) {
        flow.expireDeadlineNs = 0;
      } else if (flow.lastNs + Timing.TCP_LINGER_NS < nowNs && isOver(originator, responder)) {
        return 0;
      } else {
        boolean looking = originator.closed || responder.closed || isUntouched(flow);
        flow.expireDeadlineNs = looking ? nowNs + Timing.TCP_LOOK_NS : 0;
      }
    }
    long deadlineNs = flow.lastNs + flow.inactivityNs;
    if (deadlineNs <= nowNs) {
      return 0;
    }
    deadlineNs = earlier(deadlineNs, flow.deleteDeadlineNs);
    deadlineNs = earlier(deadlineNs, flow.attemptDeadlineNs);
    return earlier(deadlineNs, flow.expireDeadlineNs);
  }

  private static boolean isOver(FlowEnd originator, FlowEnd responder) {
    boolean untouched = originator.state == FlowEnd.INACTIVE && responder.state == FlowEnd.INACTIVE;
    if (!originator.closed && !responder.closed) {
      return untouched;
    }
    return (originator.closed && responder.closed)
        || originator.state == FlowEnd.RESET
        || responder.state == FlowEnd.RESET
        || originator.state == FlowEnd.INACTIVE
        || responder.state == FlowEnd.INACTIVE;
  }

  private static boolean isUntouched(Flow flow) {
    return flow.originator().state == FlowEnd.INACTIVE
        && flow.responder().state == FlowEnd.INACTIVE;
  }

  private static long earlier(long deadlineNs, long otherNs) {
    return otherNs != 0 && otherNs < deadlineNs ? otherNs : deadlineNs;
  }
}
