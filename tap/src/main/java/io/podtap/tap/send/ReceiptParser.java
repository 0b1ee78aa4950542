/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.ReportFrame;
import io.podtap.core.report.TunnelReceipt;
import java.lang.foreign.MemorySegment;

/**
 * Finds the receipt in a datagram that came back to a lane. Reused; no allocation; never throws on
 * bad input and never reads outside the datagram. One thread.
 */
public final class ReceiptParser {

  private final boolean geneve;
  private final int vni;
  private long offset;

  /**
   * @param geneve otherwise VXLAN
   * @param vni the tap's
   */
  public ReceiptParser(boolean geneve, int vni) {
    this.geneve = geneve;
    this.vni = vni;
  }

  /**
   * Looks into a datagram.
   *
   * @return {@link ReceiptFate#ACCEPTED} when a receipt of this version stands at {@link #offset};
   *     else why not
   */
  ReceiptFate parse(MemorySegment segment, long at, int length) {
    int tunnelBytes = tunnelBytes(segment, at, length);
    int frameBytes =
        tunnelBytes == 0
            ? 0
            : ReportFrame.reportOffset(segment, at + tunnelBytes, length - tunnelBytes);
    if (frameBytes == 0) {
      return ReceiptFate.NO_RECEIPT;
    }
    offset = at + tunnelBytes + frameBytes;
    int bytes = length - tunnelBytes - frameBytes;
    if (!TunnelReceipt.isReceipt(segment, offset, bytes)) {
      return ReceiptFate.NO_RECEIPT;
    }
    if (TunnelReceipt.version(segment, offset) != TunnelReceipt.VERSION) {
      return ReceiptFate.INVALID_VERSION;
    }
    return TunnelReceipt.isWhole(segment, offset, bytes)
        ? ReceiptFate.ACCEPTED
        : ReceiptFate.INVALID_LENGTH;
  }

  /** Returns bytes of the tunnel's header; 0 when it is not one of this tap's tunnel. */
  private int tunnelBytes(MemorySegment segment, long at, int length) {
    if (geneve) {
      return length >= Geneve.HEADER_LENGTH
              && Geneve.version(segment, at) == 0
              && Geneve.vni(segment, at) == vni
          ? Geneve.HEADER_LENGTH + Geneve.optionsLength(segment, at)
          : 0;
    }
    return length >= Vxlan.HEADER_LENGTH
            && Vxlan.isVniValid(segment, at)
            && Vxlan.vni(segment, at) == vni
        ? Vxlan.HEADER_LENGTH
        : 0;
  }

  /** Returns where the receipt stands. */
  long offset() {
    return offset;
  }
}
