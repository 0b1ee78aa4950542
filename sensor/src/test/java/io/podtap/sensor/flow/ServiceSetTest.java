/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sets of services against the JDK's sets of bits. */
class ServiceSetTest {

  private final Random random = new Random(7);

  private ServiceSet fill(BitSet same) {
    ServiceSet set = ServiceSet.EMPTY;
    for (int i = random.nextInt(6); i > 0; i--) {
      int number = random.nextInt(ServiceSet.NUMBER_MAX + 1);
      same.set(number);
      set = set.union(ServiceSet.of(number));
    }
    return set;
  }

  private static List<Integer> numbers(ServiceSet set) {
    List<Integer> numbers = new ArrayList<>();
    for (int number = set.next(0); number >= 0; number = set.next(number + 1)) {
      numbers.add(number);
    }
    return numbers;
  }

  @Test
  void agreesWithSetsOfBits() {
    for (int round = 0; round < 10_000; round++) {
      BitSet oneBits = new BitSet();
      BitSet otherBits = new BitSet();
      ServiceSet one = fill(oneBits);
      ServiceSet other = fill(otherBits);

      assertThat(numbers(one)).isEqualTo(oneBits.stream().boxed().toList());
      assertThat(one.size()).isEqualTo(oneBits.cardinality());
      assertThat(one.isEmpty()).isEqualTo(oneBits.isEmpty());
      assertThat(one.intersects(other)).isEqualTo(oneBits.intersects(otherBits));
      assertThat(one.equals(other)).isEqualTo(oneBits.equals(otherBits));
      BitSet bits = (BitSet) oneBits.clone();
      bits.or(otherBits);
      assertThat(numbers(one.union(other))).isEqualTo(bits.stream().boxed().toList());
      bits = (BitSet) oneBits.clone();
      bits.and(otherBits);
      assertThat(numbers(one.intersection(other))).isEqualTo(bits.stream().boxed().toList());
      bits = (BitSet) oneBits.clone();
      bits.andNot(otherBits);
      assertThat(numbers(one.minus(other))).isEqualTo(bits.stream().boxed().toList());
    }
  }

  @Test
  void returnsAnOperandWhereNothingChanges() {
    ServiceSet one = ServiceSet.of(70);
    ServiceSet both = one.union(ServiceSet.of(3));

    assertThat(both.union(one)).isSameAs(both);
    assertThat(both.intersection(one)).isSameAs(one);
    assertThat(one.minus(both)).isSameAs(ServiceSet.EMPTY);
    assertThat(one.intersection(ServiceSet.EMPTY)).isSameAs(ServiceSet.EMPTY);
  }

  @Test
  void refusesNumbersThatDoNotFit() {
    assertThatThrownBy(() -> ServiceSet.of(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ServiceSet.of(ServiceSet.NUMBER_MAX + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
