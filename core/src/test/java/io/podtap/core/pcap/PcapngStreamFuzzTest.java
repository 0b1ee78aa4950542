/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.testing.Mutations;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A sender of pcapng is not trusted: whatever it sends, nothing throws, no frame reaches out of the
 * bytes that came, and what is read does not depend on how the stream was cut into pieces.
 */
final class PcapngStreamFuzzTest {

  private static final int INPUTS = 20_000;

  private static final class Listener implements FrameHandler, PcapngComments {
    final List<String> heard = new ArrayList<>();

    @Override
    public void onFrame(Frame frame) {
      byte[] bytes = new byte[frame.length()];
      MemorySegment.ofArray(bytes)
          .copyFrom(frame.segment().asSlice(frame.offset(), frame.length()));
      heard.add(
          frame.timestampNs()
              + " "
              + frame.linkType()
              + " "
              + frame.originalLength()
              + " "
              + frame.interfaceIndex()
              + " "
              + Arrays.hashCode(bytes));
    }

    @Override
    public void onBatchEnd() {}

    @Override
    public void onSection(String comment) {
      heard.add("section " + comment);
    }

    @Override
    public void onStatistics(String comment) {
      heard.add("statistics " + comment);
    }
  }

  @Test
  void whateverComesIsReadTheSameInAnyPieces() {
    byte[] whole = PcapngStreamTest.everything();
    for (int seed = 0; seed < INPUTS; seed++) {
      Mutations mutations = new Mutations(seed);
      byte[] input = mutations.of(whole);

      List<String> atOnce = read(input, input.length);
      List<String> inPieces = read(input, 1 + mutations.next(64));

      assertThat(inPieces).as("seed %d", seed).isEqualTo(atOnce);
    }
  }

  /** Returns all that was heard of {@code input}, and how it ended. */
  private static List<String> read(byte[] input, int pieceBytes) {
    Listener listener = new Listener();
    PcapngStream stream = new PcapngStream(listener);
    boolean isReadable = true;
    for (int at = 0; at < input.length && isReadable; at += pieceBytes) {
      // A copy for each piece: a frame that reaches out of it fails.
      byte[] piece = Arrays.copyOfRange(input, at, Math.min(input.length, at + pieceBytes));
      isReadable = stream.take(MemorySegment.ofArray(piece), piece.length, listener);
    }
    listener.heard.add(stream.problem());
    listener.heard.add(Boolean.toString(stream.isWhole()));
    return listener.heard;
  }
}
