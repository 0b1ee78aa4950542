/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One thread writes and reads in turn: where blocks stand, lap by lap. */
final class BlockQueueTest {

  private static final int CAPACITY = 16 << 10;
  private static final int LENGTH_AT = 4;

  private final Arena arena = Arena.ofConfined();
  private final BlockQueue queue = new BlockQueue(arena, CAPACITY);

  @AfterEach
  void close() {
    arena.close();
  }

  private boolean put(int length) {
    long at = queue.reserve(length);
    if (at == BlockQueue.FULL) {
      return false;
    }
    queue.memory().set(ValueLayout.JAVA_INT, at + LENGTH_AT, length);
    queue.publish();
    return true;
  }

  /** Reads the oldest block and returns its length. */
  private int take() {
    long position = queue.next(queue.head());
    assertThat(queue.runEnd(position)).isGreaterThan(position);
    long end = queue.blockEnd(position);
    queue.release(end);
    return (int) (end - position);
  }

  @Test
  void aLapThatABlockFillsToItsEndIsFollowedByTheNext() {
    assertThat(put(CAPACITY / 2)).isTrue();
    assertThat(put(CAPACITY / 2)).isTrue();
    assertThat(put(16)).isFalse();
    assertThat(queue.runEnd(0)).isEqualTo(CAPACITY);
    assertThat(take()).isEqualTo(CAPACITY / 2);
    assertThat(put(16)).isTrue();
    assertThat(queue.runEnd(queue.head())).isEqualTo(CAPACITY);
    assertThat(take()).isEqualTo(CAPACITY / 2);
    assertThat(queue.next(CAPACITY)).isEqualTo(CAPACITY);
    assertThat(take()).isEqualTo(16);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void whatDoesNotFitBeforeTheEndBeginsTheNextLap() {
    assertThat(put(CAPACITY / 2)).isTrue();
    assertThat(put(CAPACITY / 4)).isTrue();
    assertThat(take()).isEqualTo(CAPACITY / 2);
    assertThat(queue.runEnd(queue.head())).isEqualTo(CAPACITY * 3 / 4);
    assertThat(put(CAPACITY / 2)).isTrue();
    assertThat(queue.runEnd(queue.head())).isEqualTo(CAPACITY * 3 / 4);
    assertThat(take()).isEqualTo(CAPACITY / 4);
    assertThat(queue.runEnd(queue.head())).as("nothing in this lap").isEqualTo(queue.head());
    assertThat(queue.next(queue.head())).isEqualTo(CAPACITY);
    assertThat(take()).isEqualTo(CAPACITY / 2);
    assertThat(queue.isEmpty()).isTrue();
  }

  /** A block of half the ring ends a lap while its reader is still in the one before. */
  @Test
  void blocksOfAnyLengthComeOutAsTheyWentIn() {
    Random random = new Random(11);
    Queue<Integer> inside = new ArrayDeque<>();
    for (int i = 0; i < 100_000; i++) {
      int most = random.nextInt(4) == 0 ? queue.blockBytesMax() : 200;
      int length = 12 + random.nextInt(most / 4 - 3) * 4;
      while (!put(length)) {
        assertThat(take()).isEqualTo(inside.remove());
      }
      inside.add(length);
      if (random.nextInt(3) == 0) {
        assertThat(take()).isEqualTo(inside.remove());
      }
    }
  }
}
