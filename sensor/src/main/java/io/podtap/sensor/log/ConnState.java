/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;

/**
 * Names how a connection went.
 *
 * @see "Zeek: conn_state in scripts/base/protocols/conn/main.zeek"
 */
final class ConnState {

  private ConnState() {}

  static String of(Flow flow) {
    return switch (flow.protocol()) {
      case IpProtocol.TCP -> tcp(flow);
      case IpProtocol.UDP -> udp(flow);
      default -> "OTH";
    };
  }

  private static String udp(Flow flow) {
    boolean originator = flow.originator().payloadBytes != FlowEnd.SILENT;
    boolean responder = flow.responder().payloadBytes != FlowEnd.SILENT;
    if (originator) {
      return responder ? "SF" : "S0";
    }
    return responder ? "SHR" : "OTH";
  }

  private static String tcp(Flow flow) {
    FlowEnd originator = flow.originator();
    FlowEnd responder = flow.responder();
    int o = originator.state;
    int r = responder.state;
    boolean originatorIdle = o == FlowEnd.INACTIVE || o == FlowEnd.PARTIAL;
    boolean responderIdle = r == FlowEnd.INACTIVE || r == FlowEnd.PARTIAL;
    if (r == FlowEnd.RESET) {
      boolean rejected =
          o == FlowEnd.SYN_SENT
              || o == FlowEnd.SYN_ACK_SENT
              || (o == FlowEnd.RESET
                  && originator.streamBytes(responder) == 0
                  && responder.streamBytes(originator) == 0);
      return rejected ? "REJ" : originatorIdle ? "RSTRH" : "RSTR";
    }
    if (o == FlowEnd.RESET) {
      return !responderIdle ? "RSTO" : isAttemptAborted(flow) ? "RSTOS0" : "OTH";
    }
    if (o == FlowEnd.CLOSED) {
      return r == FlowEnd.CLOSED ? "SF" : responderIdle ? "SH" : "S2";
    }
    if (r == FlowEnd.CLOSED) {
      return originatorIdle ? "SHR" : "S3";
    }
    if (o == FlowEnd.SYN_SENT && r == FlowEnd.INACTIVE) {
      return "S0";
    }
    return o == FlowEnd.ESTABLISHED && r == FlowEnd.ESTABLISHED ? "S1" : "OTH";
  }

  /** A SYN, no answer by either side's other letters, a RST. */
  private static boolean isAttemptAborted(Flow flow) {
    int at = flow.historyLength() > 0 && flow.history(0) == '^' ? 1 : 0;
    if (at >= flow.historyLength() || flow.history(at) != 'S') {
      return false;
    }
    for (int i = at + 1; i < flow.historyLength(); i++) {
      switch (flow.history(i)) {
        case 'R' -> {
          return true;
        }
        case 'H', 'A', 'F', 'G', 'I', 'Q' -> {
          return false;
        }
        default -> {}
      }
    }
    return false;
  }
}
