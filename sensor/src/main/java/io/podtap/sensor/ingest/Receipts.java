/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.Nonces;
import io.podtap.core.report.ReportFrame;
import io.podtap.core.report.TunnelProbe;
import io.podtap.core.report.TunnelReceipt;
import io.podtap.sensor.taps.ReceivedLane;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Answers the probes of taps: a socket is read here, and so much has come on the lane.
 *
 * <p>Source addresses of UDP are easily forged, so an answer must not be of use against whoever has
 * the address: it is never longer than what it answers, never an answer to an answer, and there are
 * at most {@link #PER_SECOND_AND_ADDRESS} a second to an address and {@link #PER_SECOND} to all.
 * One thread; no allocation.
 */
final class Receipts {

  /** Many taps may share an address where their network translates it. */
  static final int PER_SECOND_AND_ADDRESS = 256;

  static final int PER_SECOND = 16_384;

  private static final long SECOND_NS = 1_000_000_000L;
  private static final int SLOTS = 4_096;
  private static final int BYTES_MAX =
      Geneve.HEADER_LENGTH + ReportFrame.GENEVE_HEADER_LENGTH + TunnelReceipt.LENGTH;

  private final MemorySegment buffer = Arena.ofAuto().allocate(BYTES_MAX, 8);
  private final long receiver = new Nonces().next();

  /**
   * Answers in the present second by a hash of the address; who shares a slot shares its answers.
   */
  private final int[] answers = new int[SLOTS];

  private int answersToAll;
  private long second;

  /**
   * Answers a probe.
   *
   * @param length bytes of the probe's datagram
   * @param hasCounts whether the lane is one sender's only
   * @return whether an answer left
   */
  boolean answer(
      ReplyPath path,
      boolean geneve,
      int vni,
      ReceivedLane lane,
      boolean hasCounts,
      MemorySegment segment,
      long probe,
      int length,
      long addressHigh,
      long addressLow,
      long nowNs) {
    int tunnelBytes = geneve ? Geneve.HEADER_LENGTH : Vxlan.HEADER_LENGTH;
    int header = tunnelBytes + ReportFrame.headerLength(geneve);
    int bytes = header + TunnelReceipt.LENGTH;
    if (bytes > length || !isAllowed(addressHigh, addressLow, nowNs)) {
      return false;
    }
    if (geneve) {
      Geneve.put(buffer, 0, vni);
    } else {
      Vxlan.put(buffer, 0, vni);
    }
    ReportFrame.put(buffer, tunnelBytes, geneve, /* id= */ 0, TunnelReceipt.LENGTH);
    TunnelReceipt.put(
        buffer,
        header,
        TunnelReceipt.FLAG_JOINED | (hasCounts ? TunnelReceipt.FLAG_COUNTS : 0),
        TunnelProbe.nonce(segment, probe),
        receiver,
        lane.receivedPackets(),
        lane.receivedDatagrams());
    return path.reply(buffer, 0, bytes);
  }

  private boolean isAllowed(long addressHigh, long addressLow, long nowNs) {
    long present = nowNs / SECOND_NS;
    if (present != second) {
      second = present;
      answersToAll = 0;
      Arrays.fill(answers, 0);
    }
    long hash = (addressHigh * 31 + addressLow) * 0x9E37_79B9_7F4A_7C15L;
    int slot = (int) (hash >>> 52) & (SLOTS - 1);
    if (answersToAll >= PER_SECOND || answers[slot] >= PER_SECOND_AND_ADDRESS) {
      return false;
    }
    answersToAll++;
    answers[slot]++;
    return true;
  }
}
