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
 * Segments packets again that were segmented for a path whose MTU has decreased since: the stages
 * of the {@link Mirror} once more, on a datagram that waits to be sent instead of a captured frame.
 * It has stages of its own, since the mirror may be in the middle of a frame. All packets have the
 * same place, so each is sent before the next one takes it. The hot thread; no allocation.
 */
final class PathRefit implements Refitter, PacketPlaces {

  private final Headers headers = new Headers();
  private final Frame frame = new Frame();
  private final Counters<SegmentEvent> events = new Counters<>(SegmentEvent.class);
  private final LinkHeader link;
  private final PacketWriter packets;
  private final Encapsulator encapsulator;
  private final Ledger ledger;
  private final MemorySegment piece;

  // The present datagram.
  @SuppressWarnings("NullAway.Init") // set by refit
  private Lane lane;

  private long timestampNs;

  /** Bytes of {@link #piece} that are still to be sent. */
  private int pieceBytes;

  /** Takes memory for one datagram from {@code arena}. */
  PathRefit(Arena arena, int tapId, Encapsulator encapsulator, Ledger ledger) {
    link = new LinkHeader(tapId);
    packets = new PacketWriter(link, new Segmenter(arena, SegmentSettings.DEFAULT, events));
    this.encapsulator = encapsulator;
    this.ledger = ledger;
    piece = arena.allocate(SendQueue.BATCH_BYTES_MAX, 8);
  }

  @Override
  public int refit(Lane present, MemorySegment buffer, long offset, int length) {
    int outerBytes = encapsulator.headerLength();
    long inner = offset + outerBytes;
    int innerBytes = length - outerBytes;
    long sentNs = encapsulator.timestampNs(buffer, offset);
    frame.wrap(buffer, inner, innerBytes, innerBytes, sentNs);
    headers.locate(buffer, inner, innerBytes, LinkType.ETHERNET);
    if (!link.locate(frame.origin(LinkType.ETHERNET, 0, true), headers)) {
      return 0;
    }
    lane = present;
    timestampNs = sentNs;
    int count =
        packets.write(
            frame, headers, lane.datagramBytesMax() - outerBytes, Integer.MAX_VALUE, this);
    sendPiece();
    ledger.addPackets(count - 1, packets.bytes() - innerBytes);
    ledger.segment().add(SegmentEvent.REFITTED);
    return count;
  }

  @Override
  public MemorySegment buffer() {
    return piece;
  }

  @Override
  public long place(int length, int originalLength, boolean whole) {
    sendPiece();
    encapsulator.write(piece, 0, timestampNs, originalLength);
    pieceBytes = encapsulator.headerLength() + length;
    return encapsulator.headerLength();
  }

  private void sendPiece() {
    if (pieceBytes > 0) {
      lane.sendPiece(piece, 0, pieceBytes, ledger.failed());
      pieceBytes = 0;
    }
  }
}
