/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.testing.Allocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class RendezvousTest {

  private static final int FLOWS = 60_000;

  private final Random random = new Random(7);
  private final int[] flows = random.ints(FLOWS).toArray();

  private static List<Endpoint> sensors(int count) {
    List<Endpoint> sensors = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      sensors.add(Endpoint.parse("10.0.0." + i, 4_789));
    }
    return sensors;
  }

  @Test
  void sharesFlowsEvenly() {
    int[] count = new int[6];
    Rendezvous rendezvous = new Rendezvous(sensors(6));
    for (int flow : flows) {
      count[rendezvous.sensor(flow)]++;
    }
    assertThat(count)
        .satisfies(all -> {
          for (int one : all) {
            assertThat(one).isCloseTo(FLOWS / 6, Percentage.withPercentage(5));
          }
        });
  }

  @Test
  void movesOnlyTheFlowsOfASensorThatGoes() {
    List<Endpoint> all = sensors(5);
    List<Endpoint> fewer = new ArrayList<>(all);
    Endpoint gone = fewer.remove(2);
    Rendezvous before = new Rendezvous(all);
    Rendezvous after = new Rendezvous(fewer);
    for (int flow : flows) {
      Endpoint was = all.get(before.sensor(flow));
      if (!was.equals(gone)) {
        assertThat(fewer.get(after.sensor(flow))).isEqualTo(was);
      }
    }
  }

  @Test
  void doesNotDependOnTheOrderOfTheList() {
    List<Endpoint> all = sensors(4);
    Rendezvous one = new Rendezvous(all);
    Rendezvous other = new Rendezvous(all.reversed());
    for (int flow : flows) {
      assertThat(all.reversed().get(other.sensor(flow))).isEqualTo(all.get(one.sensor(flow)));
    }
  }

  @Test
  void prefersTheLowestTier() {
    Rendezvous rendezvous = new Rendezvous(sensors(4), List.of(1, 0, 1, 0));
    for (int flow : flows) {
      assertThat(rendezvous.sensor(flow)).isIn(1, 3);
    }
  }

  @Test
  void givesTheSameAnswerInEveryVersion() {
    Rendezvous rendezvous = new Rendezvous(sensors(3));
    StringBuilder answers = new StringBuilder();
    for (int flow = 0; flow < 24; flow++) {
      answers.append(rendezvous.sensor(flow * 0x0123_4567));
    }
    assertThat(answers).hasToString(GOLDEN);
  }

  /** A change here moves every flow of a running cluster. */
  private static final String GOLDEN = "020021201111012202110101";

  @Test
  void sharesLanesEvenly() {
    for (int lanes : new int[] {1, 3, 8, 64}) {
      int[] count = new int[lanes];
      for (int flow : flows) {
        count[Rendezvous.lane(flow, lanes)]++;
      }
      for (int one : count) {
        assertThat(one).isCloseTo(FLOWS / lanes, Percentage.withPercentage(15));
      }
    }
  }

  @Test
  void allocatesNothing() {
    Rendezvous rendezvous = new Rendezvous(sensors(10));
    int[] sum = new int[1];
    assertThat(Allocation.ofWarm(1_000, () -> sum[0] += rendezvous.sensor(sum[0]))).isZero();
  }
}
