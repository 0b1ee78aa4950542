/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Frames that tests offer. */
final class Sending {

  static final long TIME_NS = 1_700_000_000_123_456_789L;

  private static final MemorySegment BYTES = Arena.ofAuto().allocate(70_000);

  private Sending() {}

  /** Returns an Ethernet frame of so many bytes, whose first byte is its number. */
  static Frame frame(int number, int length) {
    BYTES.set(ValueLayout.JAVA_BYTE, 0, (byte) number);
    return new Frame()
        .wrap(BYTES, 0, length, length, TIME_NS + number)
        .origin(LinkType.ETHERNET, 0, false);
  }

  /** Returns an IPv4 packet without a link-layer header. */
  static Frame rawIp(int length) {
    MemorySegment packet = Arena.ofAuto().allocate(length);
    packet.set(ValueLayout.JAVA_BYTE, 0, (byte) 0x45);
    packet.set(ValueLayout.JAVA_BYTE, 3, (byte) length);
    packet.set(ValueLayout.JAVA_BYTE, 8, (byte) 64);
    packet.set(ValueLayout.JAVA_BYTE, 9, (byte) 17);
    return new Frame().wrap(packet, 0, length, length, TIME_NS).origin(LinkType.RAW, 0, false);
  }

  /** Offers frames, each as a batch of its own. */
  static void offer(Output output, int sender, int count, int length) {
    for (int i = 0; i < count; i++) {
      output.offer(frame(i, length), sender);
      output.publish();
    }
  }
}
