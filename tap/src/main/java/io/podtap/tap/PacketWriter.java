/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.segment.Segmenter;
import java.lang.foreign.MemorySegment;

/**
 * Writes a frame as packets: plans them, and writes each behind its link-layer header to the place
 * that it is given. The only loop over the packets of a frame, whether they leave in a tunnel, in a
 * stream or to a file, or are segmented again. The hot thread; no allocation.
 */
public final class PacketWriter {

  private final LinkHeader link;
  private final Segmenter segmenter;
  private long bytes;

  /**
   * @param link located at each frame before it is written
   */
  public PacketWriter(LinkHeader link, Segmenter segmenter) {
    this.link = link;
    this.segmenter = segmenter;
  }

  /**
   * Writes one frame.
   *
   * @param headers the frame's headers, located in the frame's own segment
   * @param frameBytesMax bytes of link-layer header and packet that each place may have
   * @param packetBytesKept bytes of both that each packet keeps at most, whatever the snaplen
   *     allows
   * @return packets, also those without a place
   */
  public int write(
      Frame frame, Headers headers, int frameBytesMax, int packetBytesKept, PacketPlaces places) {
    int linkBytes = link.length();
    int count =
        segmenter.plan(
            frame, headers, link.packetOffset(), linkBytes, frameBytesMax, packetBytesKept);
    MemorySegment buffer = places.buffer();
    long written = 0;
    for (int i = 0; i < count; i++) {
      int uncaptured = i == count - 1 ? frame.originalLength() - frame.length() : 0;
      written += write(i, linkBytes, uncaptured, buffer, places);
    }
    bytes = written;
    return count;
  }

  /** Returns bytes of the packet, whether or not there was a place for it. */
  private int write(
      int index, int linkBytes, int uncaptured, MemorySegment buffer, PacketPlaces places) {
    int packetBytes = segmenter.length(index);
    int originalBytes = segmenter.originalLength(index);
    long at =
        places.place(
            linkBytes + packetBytes,
            linkBytes + originalBytes + uncaptured,
            packetBytes == originalBytes);
    if (at != PacketPlaces.NO_PLACE) {
      link.write(buffer, at);
      segmenter.write(index, buffer, at + linkBytes);
    }
    return linkBytes + packetBytes;
  }

  /** Returns bytes of the last frame's packets with their link-layer headers. */
  public long bytes() {
    return bytes;
  }
}
