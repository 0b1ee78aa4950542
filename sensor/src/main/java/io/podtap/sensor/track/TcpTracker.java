package io.podtap.sensor.track;

import io.podtap.core.packet.Tcp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.flow.FlowTable;
import java.lang.foreign.MemorySegment;

/**
 * Follows one TCP connection packet by packet: states of both ends, history, sequence numbers, gaps
 * that acknowledgments reveal, and when the connection is over.
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

  private static final int SYN = 1;
  private static final int FIN = 2;
  private static final int RST = 4;
  private static final int DATA = 8;
  private static final int ACK = 0x10;
  private static final int MULTIPLE_FLAGS = 0x20;
  private static final int FIN_RST = 0x40;
  private static final int RESPONDER_SHIFT = 16;

  private final FlowTable table;
  private final FlowHandler handler;
  private final Weirds weirds;
  private final StreamFeed feed;

  TcpTracker(FlowTable table, FlowHandler handler, Weirds weirds, StreamFeed feed) {
    this.table = table;
    this.handler = handler;
    this.weirds = weirds;
    this.feed = feed;
  }

  /** Counts a segment whose checksum is wrong; nothing else of it is believed. */
  void badChecksum(Flow flow, FlowEnd end) {
    weirds.add(Weird.BAD_TCP_CHECKSUM, flow);
    if (++end.checksumErrors == end.checksumErrorsNext) {
      end.checksumErrorsNext *= SCALE;
      flow.addHistory(letter(flow, end, 'C'));
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
    noteFlags(flow, end, flags, relative, length);
    noteWindow(flow, end, peer, Tcp.window(segment, at), rst);
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
        switch (end.state) {
          case FlowEnd.INACTIVE ->
              fromInactive(flow, end, peer, sequence, acknowledgment, length, flags, nowNs);
          case FlowEnd.SYN_SENT, FlowEnd.SYN_ACK_SENT ->
              fromSynSent(flow, end, peer, length, flags);
          case FlowEnd.ESTABLISHED, FlowEnd.PARTIAL -> fromEstablished(flow, end, peer, flags);
          case FlowEnd.CLOSED -> fromClosed(flow, end, peer, advance, flags);
          default -> fromReset(flow, length, flags);
        };
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

  private static void noteFlags(Flow flow, FlowEnd end, int flags, long relative, int length) {
    int control = flags & (Tcp.SYN | Tcp.FIN | Tcp.RST);
    switch (control) {
      case 0 -> {
        if (length > 0) {
          once(flow, end, DATA, 'D');
        } else if ((flags & Tcp.ACK) != 0) {
          once(flow, end, ACK, 'A');
        }
      }
      case Tcp.SYN -> {
        char code = (flags & Tcp.ACK) != 0 ? 'H' : 'S';
        if (once(flow, end, SYN, code) && relative != end.lastSyn) {
          flow.addHistory(letter(flow, end, code));
        }
        end.lastSyn = relative;
      }
      case Tcp.FIN -> {
        if (once(flow, end, FIN, 'F') && relative + length != end.lastFin) {
          flow.addHistory(letter(flow, end, 'F'));
        }
        end.lastFin = relative + length;
      }
      case Tcp.RST -> {
        if (once(flow, end, RST, 'R') && relative != end.lastReset) {
          flow.addHistory(letter(flow, end, 'R'));
        }
        end.lastReset = relative;
      }
      default -> {
        if ((control & Tcp.FIN) != 0 && (control & Tcp.RST) != 0) {
          once(flow, end, FIN_RST, 'I');
        } else {
          once(flow, end, MULTIPLE_FLAGS, 'Q');
        }
      }
    }
  }

  /**
   * Adds a letter at its first time.
   *
   * @return whether it was there before
   */
  private static boolean once(Flow flow, FlowEnd end, int event, char code) {
    int bit = end == flow.originator() ? event : event << RESPONDER_SHIFT;
    if ((flow.historySeen & bit) != 0) {
      return true;
    }
    flow.historySeen |= bit;
    flow.addHistory(letter(flow, end, code));
    return false;
  }

  private static char letter(Flow flow, FlowEnd end, char code) {
    return end == flow.originator() ? code : (char) (code + ('a' - 'A'));
  }

  private static void noteWindow(Flow flow, FlowEnd end, FlowEnd peer, int window, boolean rst) {
    if (window == 0
        && !rst
        && peer.state != FlowEnd.CLOSED
        && end.state != FlowEnd.RESET
        && ++end.zeroWindows == end.zeroWindowsNext) {
      end.zeroWindowsNext *= SCALE;
      flow.addHistory(letter(flow, end, 'W'));
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
      flow.addHistory(letter(flow, end, 'T'));
    }
    return difference;
  }

  private boolean fromInactive(
      Flow flow,
      FlowEnd end,
      FlowEnd peer,
      int sequence,
      int acknowledgment,
      int length,
      int flags,
      long nowNs) {
    boolean fromOriginator = end == flow.originator();
    boolean close = false;
    if ((flags & Tcp.SYN) != 0) {
      if (fromOriginator) {
        originatorSyn(flow, end, peer, sequence, flags, nowNs);
      } else {
        responderSyn(flow, end, peer, acknowledgment, flags);
      }
    }
    if ((flags & Tcp.FIN) != 0) {
      change(flow, end, peer, FlowEnd.CLOSED);
      close = true;
      if (peer.state != FlowEnd.PARTIAL && (flags & Tcp.SYN) == 0) {
        weirds.add(Weird.SPONTANEOUS_FIN, flow);
      }
    }
    if ((flags & Tcp.RST) != 0) {
      change(flow, end, peer, FlowEnd.RESET);
      close = true;
      if (peer.state == FlowEnd.INACTIVE) {
        weirds.add(Weird.SPONTANEOUS_RST, flow);
      }
    }
    if (end.state == FlowEnd.INACTIVE) {
      fromInactiveWithoutFlags(flow, end, peer, length, flags);
    }
    return close;
  }

  private void originatorSyn(
      Flow flow, FlowEnd end, FlowEnd peer, int sequence, int flags, long nowNs) {
    if ((flags & Tcp.ACK) != 0) {
      weirds.add(Weird.ORIGINATOR_SYN_ACK, flow);
      change(flow, end, peer, FlowEnd.SYN_ACK_SENT);
    } else if (peer.state == FlowEnd.ESTABLISHED && sequence == end.startSequence) {
      // The answer was seen before the SYN that it answers.
      flow.partial = false;
      change(flow, end, peer, FlowEnd.ESTABLISHED);
    } else {
      change(flow, end, peer, FlowEnd.SYN_SENT);
    }
    flow.attemptDeadlineNs = nowNs + Timing.TCP_ATTEMPT_NS;
    table.wakeBy(flow, flow.attemptDeadlineNs);
  }

  private void responderSyn(Flow flow, FlowEnd end, FlowEnd peer, int acknowledgment, int flags) {
    if ((flags & Tcp.ACK) == 0) {
      weirds.add(Weird.SIMULTANEOUS_OPEN, flow);
    } else if (peer.state != FlowEnd.INACTIVE && peer.state != FlowEnd.PARTIAL) {
      long relative = peer.relative(acknowledgment, peer.last);
      if (relative < 0 || relative > peer.last) {
        weirds.add(Weird.BAD_SYN_ACK, flow);
      }
    }
    if (peer.state == FlowEnd.SYN_SENT) {
      change(flow, peer, end, FlowEnd.ESTABLISHED);
    } else if (peer.state == FlowEnd.INACTIVE) {
      weirds.add(Weird.UNSOLICITED_SYN_RESPONSE, flow);
    }
    change(flow, end, peer, FlowEnd.ESTABLISHED);
  }

  private static void fromInactiveWithoutFlags(
      Flow flow, FlowEnd end, FlowEnd peer, int length, int flags) {
    boolean fromOriginator = end == flow.originator();
    if (!fromOriginator && length == 0 && peer.state == FlowEnd.SYN_SENT) {
      return; // some acknowledge a SYN before they answer it
    }
    if ((flags & Tcp.ACK) != 0 && peer.state == FlowEnd.ESTABLISHED) {
      // A SYN-ACK was seen, its SYN was not, and now it is acknowledged.
      change(flow, end, peer, FlowEnd.ESTABLISHED);
      flow.partial = false;
      return;
    }
    change(flow, end, peer, FlowEnd.PARTIAL);
  }

  private boolean fromSynSent(Flow flow, FlowEnd end, FlowEnd peer, int length, int flags) {
    boolean close = false;
    if ((flags & Tcp.FIN) != 0) {
      if (peer.state == FlowEnd.INACTIVE || peer.state == FlowEnd.SYN_SENT) {
        weirds.add(Weird.INAPPROPRIATE_FIN, flow);
      }
      change(flow, end, peer, FlowEnd.CLOSED);
      close = true;
    }
    if ((flags & Tcp.RST) != 0) {
      change(flow, end, peer, FlowEnd.RESET);
      flow.active = false;
      close = true;
    } else if (length > 0) {
      weirds.add(Weird.DATA_BEFORE_ESTABLISHED, flow);
    }
    return close;
  }

  private boolean fromEstablished(Flow flow, FlowEnd end, FlowEnd peer, int flags) {
    boolean close = false;
    if ((flags & (Tcp.SYN | Tcp.ACK)) == Tcp.SYN
        && end.state == FlowEnd.PARTIAL
        && peer.state == FlowEnd.INACTIVE) {
      weirds.add(Weird.SYN_AFTER_PARTIAL, flow);
      change(flow, end, peer, FlowEnd.SYN_SENT);
    }
    if ((flags & (Tcp.FIN | Tcp.RST)) == Tcp.FIN) {
      change(flow, end, peer, FlowEnd.CLOSED);
      if (peer.state == FlowEnd.RESET && peer.previousState == FlowEnd.CLOSED) {
        change(flow, peer, end, FlowEnd.CLOSED); // FIN, then RST: a normal end after all
      }
      close = true;
    }
    if ((flags & Tcp.RST) != 0) {
      change(flow, end, peer, FlowEnd.RESET);
      if (peer.state != FlowEnd.RESET || peer.previousState != FlowEnd.ESTABLISHED) {
        flow.active = false;
      }
      close = true;
    }
    return close;
  }

  private boolean fromClosed(Flow flow, FlowEnd end, FlowEnd peer, long advance, int flags) {
    if ((flags & Tcp.SYN) != 0) {
      weirds.add(Weird.SYN_AFTER_CLOSE, flow);
    }
    if ((flags & Tcp.FIN) != 0 && advance > 0) {
      weirds.add(Weird.FIN_ADVANCED_LAST_SEQUENCE, flow);
    }
    if ((flags & Tcp.RST) != 0 && peer.state != FlowEnd.CLOSED) {
      change(flow, end, peer, FlowEnd.RESET);
      return !end.closed;
    }
    return false;
  }

  private boolean fromReset(Flow flow, int length, int flags) {
    if ((flags & Tcp.SYN) != 0) {
      weirds.add(Weird.SYN_AFTER_RESET, flow);
    }
    if ((flags & Tcp.FIN) != 0) {
      weirds.add(Weird.FIN_AFTER_RESET, flow);
    }
    if (length > 0 && (flags & Tcp.RST) == 0) {
      weirds.add(Weird.DATA_AFTER_RESET, flow);
    }
    return false;
  }

  /** Gives an end a new state; the first one beyond the handshake lengthens the patience. */
  private static void change(Flow flow, FlowEnd end, FlowEnd peer, int state) {
    if (state == end.state) {
      return;
    }
    if (!isHandshake(state) && isHandshake(end.state) && isHandshake(peer.state)) {
      flow.inactivityNs = Timing.TCP_INACTIVITY_NS;
    }
    end.previousState = end.state;
    end.state = state;
  }

  private static boolean isHandshake(int state) {
    return state == FlowEnd.INACTIVE || state == FlowEnd.SYN_SENT || state == FlowEnd.SYN_ACK_SENT;
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
      flow.addHistory(letter(flow, end, 'G'));
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
