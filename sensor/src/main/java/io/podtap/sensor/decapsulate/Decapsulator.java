/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.decapsulate;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.ReportFrame;
import java.lang.foreign.MemorySegment;

/**
 * Finds the frame inside a VXLAN or Geneve datagram. Reused; no allocation; never throws on bad
 * input and never reads outside the datagram. One thread.
 *
 * @see "RFC 7348 section 5; RFC 8926 sections 3.4 to 3.5"
 */
public final class Decapsulator {

  private static final int OPTION_TYPE_CRITICAL = 0x80;
  private static final int OPTION_LENGTH_MASK = 0x1F;

  private int vni;
  private long frameOffset;
  private int frameLength;
  private int originalLength;
  private boolean originalLengthKnown;
  private long captureTimeNs;
  private int reportOffset;

  /** Takes apart a VXLAN datagram; reserved bits are ignored, as the RFC asks of receivers. */
  public Decapsulation vxlan(MemorySegment segment, long offset, int length) {
    if (length < Vxlan.HEADER_LENGTH) {
      return Decapsulation.TRUNCATED_HEADER;
    }
    if (!Vxlan.isVniValid(segment, offset)) {
      return Decapsulation.VNI_FLAG_MISSING;
    }
    vni = Vxlan.vni(segment, offset);
    captureTimeNs = 0;
    originalLength = 0;
    return inner(segment, offset + Vxlan.HEADER_LENGTH, length - Vxlan.HEADER_LENGTH);
  }

  /** Takes apart a Geneve datagram; the tap's own option gives capture time and original length. */
  public Decapsulation geneve(MemorySegment segment, long offset, int length) {
    if (length < Geneve.HEADER_LENGTH) {
      return Decapsulation.TRUNCATED_HEADER;
    }
    if (Geneve.version(segment, offset) != 0) {
      return Decapsulation.UNKNOWN_VERSION;
    }
    int optionsLength = Geneve.optionsLength(segment, offset);
    if (length < Geneve.HEADER_LENGTH + optionsLength) {
      return Decapsulation.TRUNCATED_OPTIONS;
    }
    vni = Geneve.vni(segment, offset);
    captureTimeNs = 0;
    originalLength = 0;
    long options = offset + Geneve.HEADER_LENGTH;
    Decapsulation read = readOptions(segment, options, options + optionsLength);
    if (read.isMalformed()) {
      return read;
    }
    if (Geneve.protocolType(segment, offset) != Geneve.TYPE_ETHERNET) {
      return Decapsulation.UNKNOWN_PROTOCOL;
    }
    int headerLength = Geneve.HEADER_LENGTH + optionsLength;
    return inner(segment, offset + headerLength, length - headerLength);
  }

  private Decapsulation readOptions(MemorySegment segment, long first, long end) {
    long at = first;
    while (at < end) {
      if (end - at < Geneve.OPTION_HEADER_LENGTH) {
        return Decapsulation.TRUNCATED_OPTIONS;
      }
      int optionClass = Bytes.u16(segment, at);
      int type = Bytes.u8(segment, at + 2);
      int dataLength = (Bytes.u8(segment, at + 3) & OPTION_LENGTH_MASK) << 2;
      long data = at + Geneve.OPTION_HEADER_LENGTH;
      if (end - data < dataLength) {
        return Decapsulation.TRUNCATED_OPTIONS;
      }
      if (optionClass == Geneve.OPTION_CLASS
          && type == Geneve.OPTION_TYPE
          && dataLength == Geneve.OPTION_DATA_LENGTH) {
        captureTimeNs = Bytes.i64(segment, data);
        originalLength = Bytes.i32(segment, data + 8);
      } else if ((type & OPTION_TYPE_CRITICAL) != 0) {
        return Decapsulation.UNKNOWN_CRITICAL_OPTION;
      }
      at = data + dataLength;
    }
    return Decapsulation.FRAME;
  }

  private Decapsulation inner(MemorySegment segment, long offset, int length) {
    if (length < Ethernet.HEADER_LENGTH) {
      return Decapsulation.TRUNCATED_FRAME;
    }
    frameOffset = offset;
    frameLength = length;
    originalLengthKnown = originalLength >= length;
    if (!originalLengthKnown) {
      originalLength = length;
    }
    reportOffset = ReportFrame.reportOffset(segment, offset, length);
    return reportOffset > 0 ? Decapsulation.REPORT : Decapsulation.FRAME;
  }

  /** Returns the network identifier of the last datagram taken apart. */
  public int vni() {
    return vni;
  }

  /** Returns bytes of the inner frame before the report, of a {@link Decapsulation#REPORT}. */
  public int reportOffset() {
    return reportOffset;
  }

  /** Returns where the inner frame begins. */
  public long frameOffset() {
    return frameOffset;
  }

  /** Returns bytes of the inner frame. */
  public int frameLength() {
    return frameLength;
  }

  /** Returns bytes that the frame had before the tap cut it; at least {@link #frameLength}. */
  public int originalLength() {
    return originalLength;
  }

  /** Returns whether the tunnel says how long the frame was; VXLAN has no place for it. */
  public boolean isOriginalLengthKnown() {
    return originalLengthKnown;
  }

  /**
   * Returns when the tap captured the frame, nanoseconds since 1970; 0 when the tunnel does not
   * say.
   */
  public long captureTimeNs() {
    return captureTimeNs;
  }
}
