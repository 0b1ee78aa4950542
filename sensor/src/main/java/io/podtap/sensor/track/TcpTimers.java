/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;

/**
 * When a TCP connection is over because nothing comes, or because it has been closed for long
 * enough. All by the clock, not by capture times.
 *
 * @see "Zeek's TCPSessionAdapter, timers"
 */
final class TcpTimers {

  private TcpTimers() {}

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
      } else if (flow.seenNs + Timing.TCP_LINGER_NS < nowNs && isOver(originator, responder)) {
        return 0;
      } else {
        boolean looking = originator.closed || responder.closed || isUntouched(flow);
        flow.expireDeadlineNs = looking ? nowNs + Timing.TCP_LOOK_NS : 0;
      }
    }
    long deadlineNs = flow.seenNs + flow.inactivityNs;
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
