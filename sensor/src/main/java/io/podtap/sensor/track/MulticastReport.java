/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Messages of multicast listeners: of version 1 one address, of version 2 records, each with as
 * many sources as it says.
 *
 * @see "RFC 2710 section 3; RFC 3810 section 5.2"
 */
final class MulticastReport {

  /** ICMPv6 types. */
  private static final int QUERY = 130;

  private static final int DONE = 132;
  static final int REPORT_2 = 143;

  private static final int HEADER_LENGTH = 8;
  private static final int RECORD_LENGTH = 20;
  private static final int ADDRESS_LENGTH = 16;

  private MulticastReport() {}

  /** Returns what is weird about an ICMPv6 message whose header is there, or null. */
  static @Nullable Weird weird(Packet packet) {
    int type = Bytes.u8(packet.segment, packet.payloadOffset);
    if (type >= QUERY && type <= DONE) {
      return packet.payloadLength - HEADER_LENGTH < ADDRESS_LENGTH
          ? Weird.TRUNCATED_MULTICAST_QUERY
          : null;
    }
    if (type != REPORT_2) {
      return null;
    }
    int records = Bytes.u16(packet.segment, packet.payloadOffset + 6);
    if (records * RECORD_LENGTH > packet.payloadLength - HEADER_LENGTH) {
      return Weird.TRUNCATED_MULTICAST_REPORTS;
    }
    return isWhole(
            packet.segment, packet.payloadOffset, packet.payloadLength, packet.capturedLength)
        ? null
        : Weird.TRUNCATED_MULTICAST_REPORT;
  }

  /**
   * Returns whether the records that are announced are there, as far as the capture shows.
   *
   * @param at where the ICMPv6 header begins
   * @param length bytes of the message on the wire
   * @param captured bytes of it that may be read
   */
  static boolean isWhole(MemorySegment segment, long at, int length, int captured) {
    int position = HEADER_LENGTH;
    for (int left = Bytes.u16(segment, at + 6); left > 0; left--) {
      if (position + RECORD_LENGTH > length) {
        return false;
      }
      if (position + RECORD_LENGTH > captured) {
        return true; // cut by the capture, not by the sender
      }
      int auxiliary = Bytes.u8(segment, at + position + 1) << 2;
      int sources = Bytes.u16(segment, at + position + 2);
      position += RECORD_LENGTH + sources * ADDRESS_LENGTH + auxiliary;
    }
    return position <= length;
  }
}
