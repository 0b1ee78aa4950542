/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.capture;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a test wants to know of each UDP or TCP frame. */
final class Recorder implements FrameHandler {

  record Seen(
      int interfaceIndex,
      int length,
      int originalLength,
      long timestampNs,
      boolean outgoing,
      int gsoType,
      int gsoSize,
      boolean checksumNeeded,
      int checksumStart,
      int checksumOffset,
      int vlanTpid,
      int vlanTci,
      int protocol,
      int destinationPort,
      int transportOffset) {}

  final List<Seen> frames = new ArrayList<>();
  int batches;
  private final Headers headers = new Headers();

  @Override
  public void onFrame(Frame frame) {
    headers.locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    frames.add(
        new Seen(
            frame.interfaceIndex(),
            frame.length(),
            frame.originalLength(),
            frame.timestampNs(),
            frame.isOutgoing(),
            frame.gsoType(),
            frame.gsoSize(),
            frame.isChecksumNeeded(),
            frame.checksumStart(),
            frame.checksumOffset(),
            frame.vlanTpid(),
            frame.vlanTci(),
            headers.protocol(),
            headers.destinationPort(),
            (int) (headers.transportOffset() - frame.offset())));
  }

  @Override
  public void onBatchEnd() {
    batches++;
  }

  /** Returns frames to a UDP or TCP port. */
  List<Seen> to(int port) {
    return frames.stream().filter(frame -> frame.destinationPort() == port).toList();
  }
}
