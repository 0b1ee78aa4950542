package io.podtap.sensor.track;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * A version 2 multicast listener report: its records, each with as many sources as it says.
 *
 * @see "RFC 3810 section 5.2"
 */
final class MulticastReport {

  /** ICMPv6 type. */
  static final int TYPE = 143;

  private static final int HEADER_LENGTH = 8;
  private static final int RECORD_LENGTH = 20;
  private static final int ADDRESS_LENGTH = 16;

  private MulticastReport() {}

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
