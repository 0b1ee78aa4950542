/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.testing.Allocation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameQueueTest {

  private static final int CAPACITY = 16 << 10;

  private static final class Reader implements FrameHandler {
    final List<String> frames = new ArrayList<>();

    @Override
    public void onFrame(Frame frame) {
      byte first = frame.segment().get(ValueLayout.JAVA_BYTE, frame.offset());
      byte last = frame.segment().get(ValueLayout.JAVA_BYTE, frame.offset() + frame.length() - 1);
      frames.add(
          "%d %d/%d %d %d %b %d %d"
              .formatted(
                  frame.timestampNs(),
                  frame.length(),
                  frame.originalLength(),
                  frame.linkType(),
                  frame.interfaceIndex(),
                  frame.isOutgoing(),
                  first,
                  last));
    }

    @Override
    public void onBatchEnd() {}
  }

  private static Frame frame(int length, long timeNs, boolean outgoing) {
    byte[] bytes = new byte[length];
    bytes[0] = (byte) timeNs;
    bytes[length - 1] = (byte) length;
    return new Frame()
        .wrap(MemorySegment.ofArray(bytes), 0, length, length + 3, timeNs)
        .origin(LinkType.ETHERNET, 0, outgoing);
  }

  private static FrameQueue queue() {
    return new FrameQueue(CAPACITY, number -> number == 7 ? LinkType.ETHERNET : LinkType.RAW);
  }

  @Test
  void whatGoesInComesOutWithAllThatIsKnownOfIt() {
    try (FrameQueue queue = queue()) {
      Reader reader = new Reader();
      assertThat(queue.offer(frame(60, 1_700_000_000_123_456_789L, true), 7)).isTrue();
      assertThat(queue.offer(frame(61, 5, false), 8)).isTrue();
      assertThat(queue.poll(reader)).as("before it is published").isZero();
      queue.publish();
      assertThat(queue.poll(reader)).isEqualTo(2);
      assertThat(reader.frames)
          .containsExactly(
              "1700000000123456789 60/63 1 7 true 21 60",
              "5 61/64 " + LinkType.RAW + " 8 false 5 61");
      queue.end();
      assertThat(queue.poll(reader)).isEqualTo(FrameSource.END);
    }
  }

  @Test
  void aFullQueueTakesNothingAndGoesOnWhenThereIsRoom() {
    try (FrameQueue queue = queue()) {
      int taken = 0;
      while (queue.offer(frame(1_500, taken, false), 7)) {
        taken++;
      }
      queue.publish();
      assertThat(taken).isEqualTo(CAPACITY / PacketBlock.length(1_500));
      assertThat(queue.poll(new Reader())).isEqualTo(taken);
      assertThat(queue.offer(frame(1_500, 0, false), 7)).isTrue();
      assertThat(queue.offer(frame(CAPACITY, 0, false), 7)).as("longer than the queue").isFalse();
    }
  }

  @Test
  void anythingOfferedBeforeTheEndIsRead() throws InterruptedException {
    int count = 200_000;
    try (FrameQueue queue = queue()) {
      long[] dropped = new long[1];
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                Random random = new Random(7);
                Frame[] frames = new Frame[200];
                for (int i = 0; i < frames.length; i++) {
                  frames[i] = frame(1 + random.nextInt(900), i, false);
                }
                for (int i = 0; i < count; i++) {
                  if (!queue.offer(frames[i % frames.length], 7)) {
                    dropped[0]++;
                  }
                  if (i % 11 == 0) {
                    queue.publish();
                  }
                }
                queue.publish();
                queue.end();
              });
      long[] read = new long[1];
      FrameHandler reader =
          new FrameHandler() {
            @Override
            public void onFrame(Frame frame) {
              assertThat(frame.originalLength()).isEqualTo(frame.length() + 3);
              read[0]++;
            }

            @Override
            public void onBatchEnd() {}
          };
      for (int got = 0; got != FrameSource.END; got = queue.poll(reader)) {
        if (got == 0) {
          queue.await(1_000);
        }
      }
      writer.join();
      assertThat(read[0] + dropped[0]).isEqualTo(count);
      assertThat(read[0]).isPositive();
    }
  }

  @Test
  void nothingIsAllocatedPerFrame() {
    try (FrameQueue queue = queue()) {
      Frame frame = frame(999, 1, true);
      long[] sum = new long[1];
      FrameHandler reader =
          new FrameHandler() {
            @Override
            public void onFrame(Frame read) {
              sum[0] += read.length();
            }

            @Override
            public void onBatchEnd() {}
          };
      assertThat(
              Allocation.ofWarm(
                  20_000,
                  () -> {
                    queue.offer(frame, 7);
                    queue.publish();
                    queue.poll(reader);
                  }))
          .isZero();
      assertThat(sum[0]).isPositive();
    }
  }
}
