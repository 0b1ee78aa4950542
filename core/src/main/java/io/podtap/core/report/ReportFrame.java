/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import java.lang.foreign.MemorySegment;

/**
 * The Ethernet frame that reports, probes and receipts travel in, of a form that other readers of
 * the tunnel pass over without a word.
 *
 * <p>In VXLAN it has type {@code 0x88B5}, for local experiments. In Geneve, where Suricata decodes
 * any Ethernet frame and raises an alert for a type that it does not know, it is a PPPoE discovery
 * message whose one word is a vendor's own:
 *
 * <pre>
 * destination:48 source:48 type:16 = 0x8863
 * version:4 = 1 type:4 = 1 code:8 = 9 (PADI) session:16 = 0 length:16
 * tag:16 = 0x0101 (Service-Name, of which each PADI has one) length:16 = 0
 * tag:16 = 0x0105 (Vendor-Specific) length:16 vendor:32 = 32473
 * the report
 * </pre>
 *
 * <p>The vendor is the number reserved for examples, and what follows begins with {@code podtap-}:
 * a frame of the monitored traffic is not taken for it.
 *
 * @see "IEEE 802 section 9.2.4; RFC 2516 sections 4, 5.1 and appendix A; RFC 5612"
 */
public final class ReportFrame {

  /** Bytes before the report in VXLAN. */
  public static final int VXLAN_HEADER_LENGTH = Ethernet.HEADER_LENGTH;

  /** Bytes before the report in Geneve. */
  public static final int GENEVE_HEADER_LENGTH = Ethernet.HEADER_LENGTH + 18;

  /** To all stations of no network: no bridge forwards it, no host takes it for its own. */
  private static final long DESTINATION = 0x01_80_C2_00_00_0EL;

  private static final long SOURCE = 0x02_00_00_00_00_00L;

  private static final int TYPE_PPPOE_DISCOVERY = 0x8863;

  /** Version, type, code and session of a PADI. */
  private static final int PADI = 0x1109_0000;

  private static final int SERVICE_NAME_EMPTY = 0x0101_0000;
  private static final int VENDOR_SPECIFIC = 0x0105;
  private static final int VENDOR = 32_473;
  private static final int VENDOR_BYTES = 4;
  private static final int TAG_BYTES = 4;

  private static final int PPPOE_AT = Ethernet.HEADER_LENGTH;
  private static final int LENGTH_AT = PPPOE_AT + 4;
  private static final int SERVICE_AT = PPPOE_AT + 6;
  private static final int VENDOR_TAG_AT = SERVICE_AT + TAG_BYTES;
  private static final int VENDOR_AT = VENDOR_TAG_AT + TAG_BYTES;

  /** {@code "podtap-"}, the first seven bytes of everything that travels so. */
  private static final long NAME = 0x706F_6474_6170_2D00L;

  private static final long NAME_MASK = ~0xFFL;

  private ReportFrame() {}

  /** Returns bytes before the report. */
  public static int headerLength(boolean geneve) {
    return geneve ? GENEVE_HEADER_LENGTH : VXLAN_HEADER_LENGTH;
  }

  /**
   * Writes what stands before the report.
   *
   * @param id tells senders apart in the source address
   * @param reportBytes of the report that follows
   * @return bytes written
   */
  public static int put(
      MemorySegment target, long offset, boolean geneve, int id, int reportBytes) {
    long source = SOURCE | Integer.toUnsignedLong(id);
    if (!geneve) {
      Ethernet.put(target, offset, DESTINATION, source, Ethernet.TYPE_LOCAL_EXPERIMENTAL);
      return VXLAN_HEADER_LENGTH;
    }
    int vendorBytes = VENDOR_BYTES + reportBytes;
    Ethernet.put(target, offset, DESTINATION, source, TYPE_PPPOE_DISCOVERY);
    Bytes.putI32(target, offset + PPPOE_AT, PADI);
    Bytes.putU16(target, offset + LENGTH_AT, 2 * TAG_BYTES + vendorBytes);
    Bytes.putI32(target, offset + SERVICE_AT, SERVICE_NAME_EMPTY);
    Bytes.putU16(target, offset + VENDOR_TAG_AT, VENDOR_SPECIFIC);
    Bytes.putU16(target, offset + VENDOR_TAG_AT + 2, vendorBytes);
    Bytes.putI32(target, offset + VENDOR_AT, VENDOR);
    return GENEVE_HEADER_LENGTH;
  }

  /**
   * Returns bytes of a frame before the report in it, whatever the tunnel; 0 when it is a frame of
   * the monitored traffic. Never reads outside the frame.
   */
  public static int reportOffset(MemorySegment source, long offset, int length) {
    if (length < Ethernet.HEADER_LENGTH) {
      return 0;
    }
    int type = Ethernet.type(source, offset);
    if (type == Ethernet.TYPE_LOCAL_EXPERIMENTAL) {
      return VXLAN_HEADER_LENGTH;
    }
    return type == TYPE_PPPOE_DISCOVERY
            && length >= GENEVE_HEADER_LENGTH + Long.BYTES
            && Bytes.i32(source, offset + PPPOE_AT) == PADI
            && Bytes.i32(source, offset + SERVICE_AT) == SERVICE_NAME_EMPTY
            && Bytes.u16(source, offset + VENDOR_TAG_AT) == VENDOR_SPECIFIC
            && Bytes.i32(source, offset + VENDOR_AT) == VENDOR
            && (Bytes.i64(source, offset + GENEVE_HEADER_LENGTH) & NAME_MASK) == NAME
        ? GENEVE_HEADER_LENGTH
        : 0;
  }
}
