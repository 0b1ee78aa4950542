/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangesTest {

  @Test
  void agreesWithABitSetWhateverTheOrder() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      Ranges ranges = new Ranges();
      BitSet expected = new BitSet();
      for (int i = 0; i < 30; i++) {
        int from = random.nextInt(500);
        int to = from + 1 + random.nextInt(20);
        ranges.add(from, to);
        expected.set(from, to);
      }
      BitSet actual = new BitSet();
      long end = -1;
      while (!ranges.isEmpty()) {
        assertThat(ranges.first()).as("seed %d", seed).isGreaterThan(end);
        end = ranges.firstEnd();
        actual.set((int) ranges.first(), (int) end);
        ranges.removeFirst();
      }
      assertThat(actual).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void staysBoundedWhenEverySecondByteIsMissing() {
    Ranges ranges = new Ranges();
    for (int i = 0; i < 10_000; i++) {
      ranges.add(2L * i, 2L * i + 1);
    }
    int count = 0;
    while (!ranges.isEmpty()) {
      ranges.removeFirst();
      count++;
    }
    assertThat(count).isEqualTo(Ranges.COUNT_MAX);
  }
}
