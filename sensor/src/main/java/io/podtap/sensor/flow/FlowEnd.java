/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import org.jspecify.annotations.Nullable;

/**
 * What one end of a flow has sent. Sequence numbers are relative to the initial one, 64 bits wide,
 * so that they never wrap: the SYN is 0, the first byte of data 1.
 *
 * <p>Fields are open to the stages of the sensor, which own the flow in turn; all is reset by
 * {@link #reset}.
 */
public final class FlowEnd {

  /** States of a TCP end, as Zeek names them. */
  public static final int INACTIVE = 0;

  public static final int SYN_SENT = 1;
  public static final int SYN_ACK_SENT = 2;
  public static final int PARTIAL = 3;
  public static final int ESTABLISHED = 4;
  public static final int CLOSED = 5;
  public static final int RESET = 6;

  /** No datagram seen yet: {@link #payloadBytes} before the first one. */
  public static final long SILENT = -1;

  public long packets;
  public long ipBytes;

  /** Bytes of payload of UDP, ICMP and unknown protocols, or {@link #SILENT}. */
  public long payloadBytes;

  public int state;
  public int previousState;

  /** Initial sequence number as it stood in the packet. */
  public int startSequence;

  /** One past the highest byte sent. */
  public long last;

  /** One past the highest byte that the peer has acknowledged. */
  public long acknowledged;

  public boolean finSeen;

  /** One past the FIN. */
  public long finSequence;

  public boolean resetSeen;

  /** Whether this end's close has been accounted for: everything before it was seen. */
  public boolean closed;

  public long lastSyn;
  public long lastFin;
  public long lastReset;

  /** Time from the peer's SYN to this end's answer to it; 0 when both were not seen. */
  public long handshakeNs;

  public int checksumErrors;
  public int checksumErrorsNext;
  public int retransmissions;
  public int retransmissionsNext;
  public int zeroWindows;
  public int zeroWindowsNext;
  public int gaps;
  public int gapsNext;

  /** Everything before this one has been seen or given up. */
  public long contiguous;

  /** Everything before this one is forgotten: acknowledged, or known not to be. */
  public long trimmed;

  /** One past the highest byte that was seen whole and not forgotten as a whole. */
  public long highest;

  /** By how many bits the window is shifted; the window's edge, and the segment that set it. */
  public int windowScale;

  public int window;
  public int windowSequence;
  public int windowAcknowledgment;

  /** How many FINs and RSTs it has sent. */
  public int fins;

  public int resets;

  public boolean endOfData;

  /** Whether the stream is beyond following: gaps are no longer looked for. */
  public boolean abandoned;

  /** Ranges seen ahead of {@link #contiguous}. */
  public final Ranges ahead = new Ranges();

  /** Bytes of those ranges, while someone wants to see them; null when there are none. */
  public @Nullable AheadBytes held;

  FlowEnd() {
    reset();
  }

  void reset() {
    packets = 0;
    ipBytes = 0;
    payloadBytes = SILENT;
    state = INACTIVE;
    previousState = INACTIVE;
    startSequence = 0;
    last = 0;
    acknowledged = 0;
    finSeen = false;
    finSequence = 0;
    resetSeen = false;
    closed = false;
    lastSyn = 0;
    lastFin = 0;
    lastReset = 0;
    handshakeNs = 0;
    checksumErrors = 0;
    checksumErrorsNext = 1;
    retransmissions = 0;
    retransmissionsNext = 1;
    zeroWindows = 0;
    zeroWindowsNext = 1;
    gaps = 0;
    gapsNext = 1;
    contiguous = 1;
    trimmed = 1;
    highest = 1;
    windowScale = 0;
    window = 0;
    windowSequence = 0;
    windowAcknowledgment = 0;
    fins = 0;
    resets = 0;
    endOfData = false;
    abandoned = false;
    ahead.clear();
  }

  /** Begins the sequence space at {@code sequence}, one past the segment being {@code end}. */
  public void start(int sequence, long end) {
    startSequence = sequence;
    acknowledged = 0;
    last = end;
  }

  /**
   * Converts a sequence number of a packet, taking the one that lies nearest to {@code reference}.
   *
   * @return relative; below 0 when it lies before the initial one
   */
  public long relative(int sequence, long reference) {
    int difference = sequence - (startSequence + (int) reference);
    return reference + difference;
  }

  /** Returns whether no byte of data has been acknowledged. */
  public boolean isNothingAcknowledged() {
    return acknowledged <= 1;
  }

  /** Returns bytes of TCP payload by the sequence numbers: SYN and FIN left out. */
  public long streamBytes(FlowEnd peer) {
    if (previousState == SYN_SENT
        && state == RESET
        && peer.state == INACTIVE
        && !isNothingAcknowledged()) {
      return 0; // a half-open connection found and aborted: its numbers say nothing
    }
    long size = Math.max(last, acknowledged);
    if (size != 0) {
      size--;
    }
    if (finSeen && size != 0) {
      size--;
    }
    return Math.max(size, 0);
  }
}
