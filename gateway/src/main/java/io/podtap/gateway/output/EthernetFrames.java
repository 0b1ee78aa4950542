/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.tap.encapsulate.LinkHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Frames of any link type as Ethernet, for tools that take one link type only. What is Ethernet
 * already stays where it is; an IP packet behind another header gets one as a tap would make it. A
 * view of the frame made last; one thread.
 */
final class EthernetFrames {

  /** The longest frame of a stream, see {@link io.podtap.core.pcap.PcapngStream}. */
  private static final int FRAME_BYTES_MAX = 256 << 10;

  private final Headers headers = new Headers();
  private final LinkHeader link = new LinkHeader(0);
  private final Frame made = new Frame();
  private @Nullable MemorySegment room;

  /** Returns the frame as Ethernet, or null when it is none and no IP packet either. */
  @Nullable Frame of(Frame frame) {
    if (frame.linkType() == LinkType.ETHERNET) {
      return frame;
    }
    headers.locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    if (!link.locate(frame, headers)) {
      return null;
    }
    int removed = (int) (link.packetOffset() - frame.offset());
    int packetBytes = frame.length() - removed;
    int added = link.length();
    if (added + packetBytes > FRAME_BYTES_MAX) {
      return null;
    }
    MemorySegment target = room();
    link.write(target, 0);
    Bytes.copy(frame.segment(), link.packetOffset(), target, added, packetBytes);
    return made.wrap(
            target,
            0,
            added + packetBytes,
            added + frame.originalLength() - removed,
            frame.timestampNs())
        .origin(LinkType.ETHERNET, frame.interfaceIndex(), frame.isOutgoing());
  }

  private MemorySegment room() {
    MemorySegment present = room;
    if (present == null) {
      present = Arena.ofAuto().allocate(FRAME_BYTES_MAX);
      room = present;
    }
    return present;
  }
}
