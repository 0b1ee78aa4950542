/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
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

  private static final int SCALE = 10;
  private static final int SYN_FIN_RST = Tcp.SYN | Tcp.FIN | Tcp.RST;

  private final Weirds weirds;
  private final TcpWeirds segments;
  private final TcpStates states;
  private final TcpData data;
  private final FlowCounter counter;

  TcpTracker(
      FlowTable table,
      FlowHandler handler,
      Weirds weirds,
      StreamFeed feed,
      FlowCounter counter,
      ServerPorts serverPorts) {
    this.weirds = weirds;
    this.segments = new TcpWeirds(weirds);
    this.states = new TcpStates(table, weirds, serverPorts, handler);
    this.data = new TcpData(table, handler, weirds, feed);
    this.counter = counter;
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
   * @param packet stands on the segment's data
   * @param at where the TCP header stands
   */
  void onSegment(Flow flow, FlowEnd end, Packet packet, long at) {
    final MemorySegment segment = packet.segment;
    if (isFirstSynAck(flow) && (Tcp.flags(segment, at) & SYN_FIN_RST) == 0) {
      flow.exchangeRolesFromStart();
      flow.originatorSeen = true; // its SYN was missed alone: the connection is whole
    }
    final int length = packet.payloadLength;
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
    int window = Tcp.window(segment, at);
    TcpHistory.noteWindow(flow, end, peer, window, rst);
    segments.window(flow, end, sequence, ack ? acknowledgment : 0, window, flags);
    long previousNs = flow.seenNs;
    if (!end.closed || !peer.closed) {
      flow.seen(packet.timeNs, packet.clockNs);
    }
    if (syn) {
      segments.syn(flow, end, peer, segment, at, packet.payloadOffset, length);
    }
    if (fin || rst) {
      segments.close(flow, end, flags, previousNs, packet.clockNs);
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
        states.next(
            flow, end, peer, sequence, acknowledgment, length, advance, flags, packet.clockNs);
    if (ack) {
      // After the state has changed: a gap that a FIN or RST reveals is not reported.
      data.onAcknowledged(flow, /* end= */ peer, /* peer= */ end, acknowledged);
    }
    if (fromOriginator) {
      flow.originatorSeen = true;
    } else {
      flow.responderSeen = true;
    }
    if (length > 0 && !rst && !underflow) {
      onData(flow, end, syn ? relative + 1 : relative, packet);
    }
    data.checkEnd(flow, end, peer);
    if (close) {
      data.close(flow, end, peer);
    }
    counter.count(flow, end, packet);
  }

  /** Returns who keeps what was seen of streams. */
  TcpData data() {
    return data;
  }

  /** Returns whether all that was seen is a SYN-ACK: whoever sent it, what follows tells. */
  private static boolean isFirstSynAck(Flow flow) {
    return flow.originator().state == FlowEnd.SYN_ACK_SENT
        && flow.responder().state == FlowEnd.INACTIVE;
  }

  /** Takes what there is of a segment's data. */
  private void onData(Flow flow, FlowEnd end, long relative, Packet packet) {
    if (!packet.isCut() || packet.cutsExpected) {
      data.onData(
          flow,
          end,
          relative,
          packet.segment,
          packet.payloadOffset,
          packet.payloadLength,
          packet.payloadCaptured());
    } else {
      weirds.add(Weird.TRUNCATED_TCP_PAYLOAD, flow);
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

  /** Notes what {@code end} acknowledges and returns it in the peer's sequence space. */
  private long acknowledge(Flow flow, FlowEnd end, FlowEnd peer, int acknowledgment, int flags) {
    if (peer.state == FlowEnd.INACTIVE) {
      if ((flags & (Tcp.SYN | Tcp.FIN | Tcp.RST)) == 0
          && (end.state == FlowEnd.SYN_SENT
              || end.state == FlowEnd.SYN_ACK_SENT
              || end.state == FlowEnd.ESTABLISHED)) {
        splitRouting(flow);
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

  /** Only the first weird of a connection: one that is seen by halves has many. */
  private void splitRouting(Flow flow) {
    if (!flow.isWeird()) {
      weirds.add(Weird.SPLIT_ROUTING, flow);
    }
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

  /**
   * Decides whether a SYN begins a new connection between the same ports: it does once either end
   * has closed or was reset, and with another sequence number.
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
    if (!originator.closed && !responder.closed) {
      int sequence = Tcp.sequence(segment, at);
      if (sequence == first.startSequence) {
        return false; // sent again, or seen behind its answer
      }
      weirds.add(
          first.state == FlowEnd.SYN_SENT
              ? Weird.SYN_SEQUENCE_JUMP_OF_REUSE
              : Weird.ACTIVE_CONNECTION_REUSE,
          flow);
    } else if (originator.state != FlowEnd.RESET && responder.state != FlowEnd.RESET) {
      if (isOpen(originator) || isOpen(responder)) {
        weirds.add(Weird.ACTIVE_CONNECTION_REUSE, flow);
      } else if (nowNs - flow.seenNs < Timing.TCP_LINGER_NS) {
        weirds.add(Weird.PREMATURE_CONNECTION_REUSE, flow);
      }
    }
    return true;
  }

  private static boolean isOpen(FlowEnd end) {
    return end.state != FlowEnd.INACTIVE && !end.closed;
  }
}
