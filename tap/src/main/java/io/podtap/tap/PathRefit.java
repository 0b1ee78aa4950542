/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.core.report.Counters;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.SegmentEvent;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.Refitter;
import io.podtap.tap.send.SendQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Cuts packets anew that were cut for a path which has shrunk since: the stages of the {@link
 * Mirror} once more, on a datagram that waits to be sent instead of a captured frame. It has stages
 * of its own, since the mirror may be in the middle of a frame. The hot thread; no allocation.
 */
final class PathRefit implements Refitter {

  private final Headers headers = new Headers();
  private final Frame frame = new Frame();
  private final Counters<SegmentEvent> events = new Counters<>(SegmentEvent.class);
  private final LinkHeader link;
  private final Segmenter segmenter;
  private final Encapsulator encapsulator;
  private final Ledger ledger;
  private final MemorySegment piece;

  /** Takes memory for one datagram from {@code arena}. */
  PathRefit(Arena arena, int tapId, Encapsulator encapsulator, Ledger ledger) {
    link = new LinkHeader(tapId);
    segmenter = new Segmenter(arena, SegmentSettings.DEFAULT, events);
    this.encapsulator = encapsulator;
    this.ledger = ledger;
    piece = arena.allocate(SendQueue.BATCH_BYTES_MAX, 8);
  }

  @Override
  public int refit(Lane lane, MemorySegment buffer, long offset, int length) {
    int outerBytes = encapsulator.headerLength();
    long inner = offset + outerBytes;
    int innerBytes = length - outerBytes;
    long timestampNs = encapsulator.timestampNs(buffer, offset);
    frame.wrap(buffer, inner, innerBytes, innerBytes, timestampNs);
    headers.locate(buffer, inner, innerBytes, LinkType.ETHERNET);
    if (!link.locate(frame.origin(LinkType.ETHERNET, 0, true), headers)) {
      return 0;
    }
    int linkBytes = link.length();
    int count =
        segmenter.plan(
            frame, headers, link.packetOffset(), linkBytes, lane.datagramBytesMax() - outerBytes);
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      encapsulator.write(piece, 0, timestampNs, linkBytes + segmenter.originalLength(i));
      link.write(piece, outerBytes);
      segmenter.write(i, piece, (long) outerBytes + linkBytes);
      int pieceBytes = linkBytes + segmenter.length(i);
      lane.sendPiece(piece, 0, outerBytes + pieceBytes, ledger.failed());
      bytes += pieceBytes;
    }
    ledger.addPackets(count - 1, bytes - innerBytes);
    ledger.segment().add(SegmentEvent.REFITTED);
    return count;
  }
}
