/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A segment is left out only where other taps have delivered every byte of it. */
class SentBytesTest {

  private static final int SEGMENT = 100;

  /** One tap delivers a long batch with losses before the other one delivers what was lost. */
  @ParameterizedTest
  @ValueSource(ints = {3, 16, 17, 64, 65, 200, 2_000})
  void whatOneTapLostIsKeptHoweverMuchItIs(int holes) {
    SentBytes sent = new SentBytes();
    sent.of(1);
    int last = 5 * holes;
    for (int i = 0; i <= last; i++) {
      if (!isLost(i)) {
        assertThat(sent.isCutElsewhere(0, i * SEGMENT, (i + 1) * SEGMENT)).isFalse();
      }
    }
    for (int i = 0; i <= last; i++) {
      if (isLost(i)) {
        assertThat(sent.isCutElsewhere(1, i * SEGMENT, (i + 1) * SEGMENT))
            .as("segment %d", i)
            .isFalse();
      }
    }
  }

  private static boolean isLost(int segment) {
    return segment % 5 == 3;
  }

  /** Seeded: two taps that lose, are behind each other, and cut in different places. */
  @Test
  void nothingIsLeftOutThatNobodyElseHasDelivered() {
    int leftOut = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      SentBytes sent = new SentBytes();
      sent.of(7);
      sent.onCopy(0, 0, SEGMENT); // of a connection that had this place before
      sent.of(seed + 8L);
      int start = random.nextInt();
      List<List<int[]>> taps = List.of(delivered(random), delivered(random));
      BitSet bytes = new BitSet();
      Set<Long> segments = new HashSet<>();
      int[] next = new int[2];
      while (next[0] < taps.get(0).size() || next[1] < taps.get(1).size()) {
        int tap = random.nextInt(2);
        int burst = random.nextInt(300);
        for (; burst > 0 && next[tap] < taps.get(tap).size(); burst--) {
          int[] segment = taps.get(tap).get(next[tap]++);
          int from = start + segment[0];
          int to = start + segment[1];
          if (!segments.add(((long) segment[0] << 32) | segment[1])) {
            sent.onCopy(tap, from, to);
          } else if (sent.isCutElsewhere(tap, from, to)) {
            leftOut++;
            assertThat(bytes.nextClearBit(segment[0]))
                .as("seed %d, bytes %d to %d", seed, segment[0], segment[1])
                .isGreaterThanOrEqualTo(segment[1]);
          }
          bytes.set(segment[0], segment[1]);
        }
      }
    }
    assertThat(leftOut).isPositive();
  }

  private static List<int[]> delivered(Random random) {
    List<int[]> segments = new ArrayList<>();
    int size = random.nextBoolean() ? SEGMENT : SEGMENT * 3 / 2;
    int lossPercent = random.nextInt(30);
    for (int at = 0; at < 60_000; at += size) {
      if (random.nextInt(100) >= lossPercent) {
        segments.add(new int[] {at, at + size});
      }
    }
    return segments;
  }
}
