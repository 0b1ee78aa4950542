/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Tcp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;

/**
 * The letters of {@code history} that TCP adds: capital for the originator, small for the
 * responder, each at its first time, those that count something at every tenfold as well.
 *
 * @see "Zeek, scripts/base/protocols/conn/main.zeek, history"
 */
final class TcpHistory {

  private static final int SCALE = 10;

  /** What was noted of the originator, in {@link Flow#historySeen}. */
  private static final int SYN = 1;

  private static final int FIN = 2;
  private static final int RST = 4;
  private static final int DATA = 8;
  private static final int ACK = 0x10;
  private static final int MULTIPLE_FLAGS = 0x20;
  private static final int FIN_RST = 0x40;

  /** The same of the responder stands higher. */
  private static final int RESPONDER_SHIFT = 16;

  private TcpHistory() {}

  /**
   * Notes what a segment is by its flags.
   *
   * @param relative its sequence number in the end's sequence space
   * @param length bytes of data
   */
  static void noteFlags(Flow flow, FlowEnd end, int flags, long relative, int length) {
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

  static char letter(Flow flow, FlowEnd end, char code) {
    return end == flow.originator() ? code : (char) (code + ('a' - 'A'));
  }

  static void noteWindow(Flow flow, FlowEnd end, FlowEnd peer, int window, boolean rst) {
    if (window == 0
        && !rst
        && peer.state != FlowEnd.CLOSED
        && end.state != FlowEnd.RESET
        && ++end.zeroWindows == end.zeroWindowsNext) {
      end.zeroWindowsNext *= SCALE;
      flow.addHistory(letter(flow, end, 'W'));
    }
  }
}
