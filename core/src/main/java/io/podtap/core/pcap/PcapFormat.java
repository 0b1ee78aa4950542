/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.packet.Frame;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Classic pcap: a file header, then records.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        Time in seconds                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             Microseconds or nanoseconds on top of it          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        Captured length                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        Original length                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Kuznetzov's old Linux variant has eight bytes more in each record (interface, protocol, packet
 * type).
 *
 * @see "draft-ietf-opsawg-pcap sections 4 and 5"
 */
final class PcapFormat extends RecordFormat {

  static final int FILE_HEADER_LENGTH = 24;
  static final int RECORD_HEADER_LENGTH = 16;

  static final int MAGIC_MICROSECONDS = 0xA1B2_C3D4;
  static final int MAGIC_NANOSECONDS = 0xA1B2_3C4D;
  private static final int MAGIC_KUZNETZOV = 0xA1B2_CD34;
  private static final int KUZNETZOV_RECORD_HEADER_LENGTH = 24;

  private final int recordHeaderLength;
  private final int fractionNs;
  private final int linkType;

  private PcapFormat(MemorySegment header, int magic, boolean littleEndian) {
    order(littleEndian);
    recordHeaderLength =
        magic == MAGIC_KUZNETZOV ? KUZNETZOV_RECORD_HEADER_LENGTH : RECORD_HEADER_LENGTH;
    fractionNs = magic == MAGIC_NANOSECONDS ? 1 : 1_000;
    linkType = i32(header, 20) & 0xFFFF; // above: length of the frame check sequence
  }

  /** Returns the format of the file header in {@code header}, or null when it is none. */
  static @Nullable PcapFormat of(MemorySegment header, int littleEndianMagic) {
    if (isMagic(littleEndianMagic)) {
      return new PcapFormat(header, littleEndianMagic, true);
    }
    int bigEndianMagic = Integer.reverseBytes(littleEndianMagic);
    return isMagic(bigEndianMagic) ? new PcapFormat(header, bigEndianMagic, false) : null;
  }

  private static boolean isMagic(int magic) {
    return magic == MAGIC_MICROSECONDS || magic == MAGIC_NANOSECONDS || magic == MAGIC_KUZNETZOV;
  }

  @Override
  int headerLength() {
    return FILE_HEADER_LENGTH;
  }

  @Override
  long next(MemorySegment buffer, int position, int limit, Frame frame) {
    if (limit - position < recordHeaderLength) {
      return -recordHeaderLength;
    }
    long captured = u32(buffer, position + 8);
    if (captured > PcapReader.FRAME_BYTES_MAX) {
      problem = "invalid captured length " + captured;
      return 0;
    }
    int length = recordHeaderLength + (int) captured;
    if (limit - position < length) {
      return -length;
    }
    long timestampNs =
        u32(buffer, position) * 1_000_000_000L + u32(buffer, position + 4) * fractionNs;
    int original = (int) Math.min(u32(buffer, position + 12), Integer.MAX_VALUE);
    frame
        .wrap(
            buffer,
            position + recordHeaderLength,
            (int) captured,
            Math.max(original, (int) captured),
            timestampNs)
        .origin(linkType, 0, false);
    return FRAME | length;
  }
}
