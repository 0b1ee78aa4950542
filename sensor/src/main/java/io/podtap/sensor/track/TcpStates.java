/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Tcp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.flow.FlowTable;

/**
 * The states of both ends of a TCP connection as a third party sees them, one segment at a time: a
 * listener may have missed what the ends have not.
 *
 * @see "RFC 9293 section 3.3.2; Zeek's TCP_Endpoint, TCPSessionAdapter"
 */
final class TcpStates {

  private final FlowTable table;
  private final FlowHandler handler;
  private final Weirds weirds;
  private final ServerPorts serverPorts;

  TcpStates(FlowTable table, Weirds weirds, ServerPorts serverPorts, FlowHandler handler) {
    this.handler = handler;
    this.table = table;
    this.serverPorts = serverPorts;
    this.weirds = weirds;
  }

  /**
   * Gives an end the state that follows from its segment.
   *
   * @param length bytes of data
   * @param advance by how much the segment lies above what the end had sent before
   * @return whether the connection may be over
   */
  boolean next(
      Flow flow,
      FlowEnd end,
      FlowEnd peer,
      int sequence,
      int acknowledgment,
      int length,
      long advance,
      int flags,
      long nowNs) {
    return switch (end.state) {
      case FlowEnd.INACTIVE ->
          fromInactive(flow, end, peer, sequence, acknowledgment, length, flags, nowNs);
      case FlowEnd.SYN_SENT, FlowEnd.SYN_ACK_SENT -> fromSynSent(flow, end, peer, length, flags);
      case FlowEnd.ESTABLISHED, FlowEnd.PARTIAL -> fromEstablished(flow, end, peer, flags);
      case FlowEnd.CLOSED -> fromClosed(flow, end, peer, advance, flags);
      default -> fromReset(flow, length, flags);
    };
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
      } else if (peer.state == FlowEnd.SYN_SENT && !fromOriginator) {
        handler.onRejected(flow);
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
      end.handshakeNs = Math.max(flow.lastNs - flow.startNs, 1);
      change(flow, peer, end, FlowEnd.ESTABLISHED);
    } else if (peer.state == FlowEnd.INACTIVE) {
      weirds.add(Weird.UNSOLICITED_SYN_RESPONSE, flow);
    }
    change(flow, end, peer, FlowEnd.ESTABLISHED);
    if (peer.state != FlowEnd.PARTIAL && ServerPorts.isInteractive(servicePort(flow))) {
      flow.inactivityNs = Timing.INTERACTIVE_INACTIVITY_NS;
    }
  }

  /** Returns the port of the server, which may be the originator's when only half is seen. */
  private int servicePort(Flow flow) {
    return flow.originator().state == FlowEnd.INACTIVE
            && !serverPorts.isTcp(flow.responderPort())
            && serverPorts.isTcp(flow.originatorPort())
        ? flow.originatorPort()
        : flow.responderPort();
  }

  private void fromInactiveWithoutFlags(
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
    if ((flags & Tcp.SYN) != 0) {
      repeatedSyn(flow, end, flags);
    }
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

  /** A SYN that goes on as an answer, or an answer that goes on as a SYN. */
  private void repeatedSyn(Flow flow, FlowEnd end, int flags) {
    boolean ack = (flags & Tcp.ACK) != 0;
    if (end != flow.originator()) {
      if (!ack && end.state != FlowEnd.SYN_SENT) {
        weirds.add(Weird.REPEATED_SYN_WITHOUT_ACK, flow);
      }
    } else if (ack && (flags & (Tcp.FIN | Tcp.RST)) == 0 && end.state != FlowEnd.SYN_ACK_SENT) {
      weirds.add(Weird.REPEATED_SYN_WITH_ACK, flow);
    }
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
  private void change(Flow flow, FlowEnd end, FlowEnd peer, int state) {
    if (state == end.state) {
      return;
    }
    if (!isHandshake(state) && isHandshake(end.state) && isHandshake(peer.state)) {
      flow.inactivityNs = Timing.TCP_INACTIVITY_NS;
    }
    end.previousState = end.state;
    end.state = state;
    if (state == FlowEnd.ESTABLISHED && peer.state == FlowEnd.ESTABLISHED) {
      handler.onEstablished(flow);
    }
  }

  private static boolean isHandshake(int state) {
    return state == FlowEnd.INACTIVE || state == FlowEnd.SYN_SENT || state == FlowEnd.SYN_ACK_SENT;
  }
}
