/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.segment;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Udp;
import io.podtap.core.report.Counters;
import java.lang.foreign.MemorySegment;

/**
 * The one checksum of a packet that its sender has left to the device: computed when the packet is
 * planned, put in its place when the packet is written. One thread; no allocation.
 *
 * @see "linux/virtio_net.h, VIRTIO_NET_HDR_F_NEEDS_CSUM"
 */
final class ChecksumCompletion {

  private static final int NONE = -1;

  private final Counters<SegmentEvent> events;

  /** Where it stands, bytes from the start of the packet; {@link #NONE} where none is missing. */
  private int at = NONE;

  private int length;
  private int value;

  /**
   * @param events counts what was completed
   */
  ChecksumCompletion(Counters<SegmentEvent> events) {
    this.events = events;
  }

  /** Forgets the packet before. */
  void clear() {
    at = NONE;
  }

  /**
   * Computes it.
   *
   * @param packetOffset where the packet begins behind the link-layer header
   * @param end where it ends
   * @param complete whether the capture has all of the frame
   */
  void compute(Frame frame, Headers headers, long packetOffset, long end, boolean complete) {
    MemorySegment source = frame.segment();
    long start = frame.offset() + frame.checksumStart();
    long field = start + frame.checksumOffset();
    boolean sctp = headers.protocol() == IpProtocol.SCTP;
    length = sctp ? Integer.BYTES : Short.BYTES;
    if (!complete || end < headers.ipEnd() || start < packetOffset || field + length > end) {
      events.add(SegmentEvent.CHECKSUM_INCOMPLETE);
      return;
    }
    events.add(SegmentEvent.CHECKSUM_COMPLETED);
    at = (int) (field - packetOffset);
    if (sctp) {
      value = Crc32c.ofSctp(source, start, (int) (end - start), (int) (field - start));
    } else {
      // The field holds the pseudo-header's sum, so it is summed with the rest.
      int checksum = Checksum.finish(Checksum.sum(source, start, (int) (end - start)));
      value = frame.checksumOffset() == Udp.CHECKSUM_OFFSET ? nonZero(checksum) : checksum;
    }
  }

  /**
   * Fills it in when it stands within {@code written} bytes from packet byte {@code from}, which
   * stand at {@code offset} of the target.
   */
  void fillIn(MemorySegment target, long offset, int from, int written) {
    if (at < from || at + length > from + written) {
      return;
    }
    long field = offset + at - from;
    if (length == Short.BYTES) {
      Bytes.putU16(target, field, value);
    } else {
      Bytes.putI32(target, field, value);
    }
  }

  /**
   * Zero would say "no checksum" in UDP; both mean the same in the arithmetic. In TCP all ones are
   * no checksum that a sender computes (RFC 1624 section 3), though the kernel's help for devices
   * writes them there, too.
   */
  static int nonZero(int checksum) {
    return checksum == 0 ? 0xFFFF : checksum;
  }
}
