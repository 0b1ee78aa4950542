/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

/**
 * What a receiver says that it got of one lane, against what was sent. At every moment
 *
 * <pre>
 * sent = received + lost - surplus + unconfirmed
 * </pre>
 *
 * <p>A span begins with a receiver's first receipt, whose counts are its baseline: the first probe
 * of a lane leaves before its first packet, so usually nothing is without confirmation but what was
 * sent since the last probe. It ends when another receiver answers or when its count goes back; its
 * sums stay. One thread.
 */
final class LaneReceipts {

  /** Probes that an answer is expected to: more than are sent in {@link JoinLease#LEASE_NS}. */
  private static final int PROBES = 16;

  private final long[] nonces = new long[PROBES];
  private final long[] sentNs = new long[PROBES];
  private final long[] packets = new long[PROBES];
  private final int[] closings = new int[PROBES];
  private final boolean[] answered = new boolean[PROBES];
  private int probes;

  /** The present span. */
  private boolean counting;

  private long receiver;
  private long sentAtBaseline;
  private long receivedAtBaseline;
  private long sentAtReceipt;
  private long receivedAtReceipt;

  /** Sums over the spans before it. */
  private long sentBefore;

  private long receivedBefore;
  private long lostBefore;
  private long surplusBefore;

  /** Notes a probe that was just sent, behind so many packets of this lane. */
  void onProbe(long nonce, long nowNs, long packetsSent, int closingsSoFar) {
    int slot = probes++ % PROBES;
    nonces[slot] = nonce;
    sentNs[slot] = nowNs;
    packets[slot] = packetsSent;
    closings[slot] = closingsSoFar;
    answered[slot] = false;
  }

  /** Returns whether the answer to a probe that is not too old is still missing. */
  boolean isWaiting(long nowNs) {
    for (int i = 0; i < Math.min(probes, PROBES); i++) {
      if (!answered[i] && nowNs - sentNs[i] < JoinLease.LEASE_NS) {
        return true;
      }
    }
    return false;
  }

  /** Returns where the probe of this nonce is noted, or -1. */
  int find(long nonce) {
    for (int i = 0; i < Math.min(probes, PROBES); i++) {
      if (nonces[i] == nonce) {
        return i;
      }
    }
    return -1;
  }

  /** Judges an answer to a noted probe; what is accepted is accepted once. */
  ReceiptFate judge(int slot, long nowNs, int closingsNow) {
    if (answered[slot]) {
      return ReceiptFate.DUPLICATE;
    }
    boolean inTime = nowNs - sentNs[slot] < JoinLease.LEASE_NS && nowNs >= sentNs[slot];
    if (!inTime || closings[slot] != closingsNow) {
      return ReceiptFate.LATE;
    }
    answered[slot] = true;
    return ReceiptFate.ACCEPTED;
  }

  /** Returns when a noted probe was sent. */
  long sentNs(int slot) {
    return sentNs[slot];
  }

  /** Takes the counts of an accepted receipt. */
  void count(int slot, long from, long received) {
    long sent = packets[slot];
    if (counting && from == receiver && sent < sentAtReceipt) {
      return; // overtaken by the answer to a later probe
    }
    if (!counting || from != receiver || received < receivedAtReceipt) {
      end();
      counting = true;
      receiver = from;
      sentAtBaseline = sent;
      receivedAtBaseline = received;
    }
    sentAtReceipt = sent;
    receivedAtReceipt = received;
  }

  private void end() {
    sentBefore = sent();
    receivedBefore = received();
    lostBefore = lost();
    surplusBefore = surplus();
    counting = false;
    sentAtBaseline = 0;
    receivedAtBaseline = 0;
    sentAtReceipt = 0;
    receivedAtReceipt = 0;
  }

  private long missing() {
    return (sentAtReceipt - sentAtBaseline) - (receivedAtReceipt - receivedAtBaseline);
  }

  /** Returns packets sent that receipts speak of. */
  long sent() {
    return sentBefore + sentAtReceipt - sentAtBaseline;
  }

  /** Returns packets received, as receipts say. */
  long received() {
    return receivedBefore + receivedAtReceipt - receivedAtBaseline;
  }

  /** Returns packets of {@link #sent} that did not arrive. */
  long lost() {
    return lostBefore + Math.max(missing(), 0);
  }

  /** Returns packets that arrived more often than they were sent. */
  long surplus() {
    return surplusBefore + Math.max(-missing(), 0);
  }
}
