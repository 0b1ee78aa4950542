/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Tcp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * What is weird about a segment by its flags, its options and its window, whatever the states of
 * the ends are. Allocates nothing but the text of a scale out of range. One thread.
 *
 * @see "RFC 7323 section 2.3; Zeek's TCPSessionAdapter, tcp_storm_thresh"
 */
final class TcpWeirds {

  /** Scale that a window option may have at most. */
  private static final int SCALE_MAX = 14;

  private static final int OPTION_END = 0;
  private static final int OPTION_NOTHING = 1;
  private static final int OPTION_WINDOW_SCALE = 3;

  /** FINs or RSTs of one end from which on they are a storm, unless they come slowly. */
  private static final int STORM_COUNT = 1_000;

  private static final long STORM_NS = TimeUnit.SECONDS.toNanos(1);

  private final Weirds weirds;

  TcpWeirds(Weirds weirds) {
    this.weirds = weirds;
  }

  /**
   * Takes a SYN: its flags, its data, and the scale of its windows.
   *
   * @param at where the TCP header stands, {@code optionsEnd} where its options end
   * @param length bytes of data
   */
  void syn(
      Flow flow,
      FlowEnd end,
      FlowEnd peer,
      MemorySegment segment,
      long at,
      long optionsEnd,
      int length) {
    int flags = Tcp.flags(segment, at);
    if ((flags & Tcp.RST) != 0) {
      weirds.add(Weird.CHRISTMAS, flow);
    }
    if ((flags & Tcp.URG) != 0) {
      weirds.add(Weird.BAROQUE_SYN, flow);
    }
    if (length > 0) {
      weirds.add(Weird.SYN_WITH_DATA, flow);
    }
    int scale = scale(segment, at + Tcp.HEADER_LENGTH_MIN, optionsEnd);
    if (scale > SCALE_MAX && !flow.isWeird()) {
      weirds.add(Weird.SCALE_RANGE, Integer.toString(scale), flow);
    }
    if (scale < 0) {
      end.windowScale = 0;
      if ((flags & Tcp.ACK) != 0) {
        peer.windowScale = 0; // not negotiated
      }
      return;
    }
    int sequence = Tcp.sequence(segment, at);
    int acknowledgment = (flags & Tcp.ACK) != 0 ? Tcp.acknowledgment(segment, at) : 0;
    end.windowScale = scale & 31;
    end.windowSequence = sequence;
    end.windowAcknowledgment = acknowledgment;
    peer.windowSequence = acknowledgment;
    peer.windowAcknowledgment = sequence;
  }

  /** Returns the scale that an option offers, or -1. */
  private static int scale(MemorySegment segment, long from, long end) {
    long at = from;
    while (at < end) {
      int kind = Bytes.u8(segment, at);
      if (kind == OPTION_END) {
        return -1;
      }
      if (kind == OPTION_NOTHING) {
        at++;
        continue;
      }
      int length = at + 1 < end ? Bytes.u8(segment, at + 1) : 0;
      if (length < 2 || at + length > end) {
        return -1;
      }
      if (kind == OPTION_WINDOW_SCALE && length == 3) {
        return Bytes.u8(segment, at + 2);
      }
      at += length;
    }
    return -1;
  }

  /** Takes the window of a segment; one that moves its edge back takes room away again. */
  void window(Flow flow, FlowEnd end, int sequence, int acknowledgment, int window, int flags) {
    if ((flags & (Tcp.SYN | Tcp.FIN | Tcp.RST)) != 0
        || end.state == FlowEnd.CLOSED
        || end.state == FlowEnd.RESET
        || sequence - end.windowSequence < 0
        || acknowledgment - end.windowAcknowledgment < 0) {
      return;
    }
    int scaled = window << end.windowScale;
    int advance = acknowledgment + scaled - (end.windowAcknowledgment + end.window);
    if (advance < 0 && -advance >= 1 << end.windowScale) {
      weirds.add(Weird.WINDOW_RECISION, flow);
    }
    end.window = scaled;
    end.windowAcknowledgment = acknowledgment;
    end.windowSequence = sequence;
  }

  /**
   * Counts the FINs and RSTs of an end.
   *
   * @param previousNs when the connection was seen last before
   */
  void close(Flow flow, FlowEnd end, int flags, long previousNs, long nowNs) {
    boolean isFast = nowNs - previousNs < STORM_NS;
    if ((flags & Tcp.FIN) != 0 && ++end.fins >= STORM_COUNT && isFast) {
      weirds.add(Weird.FIN_STORM, flow);
    }
    if ((flags & Tcp.RST) != 0 && ++end.resets >= STORM_COUNT && isFast) {
      weirds.add(Weird.RST_STORM, flow);
    }
  }
}
