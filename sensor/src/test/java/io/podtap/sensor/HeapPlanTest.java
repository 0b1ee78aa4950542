/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.flow.FlowTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapPlanTest {

  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @ValueSource(ints = {64, 96, 128, 200, 256, 384, 512, 768, 1_024, 2_048, 4_096, 8_192})
  void theSumOfAllBoundsIsWithinNineTenthsOfTheHeap(int heapMib) {
    for (int workers = 1; workers <= 16; workers++) {
      HeapPlan plan = new HeapPlan(heapMib * MIB, workers);
      assertThat(plan.sumBytes())
          .as(plan.toString())
          .isLessThanOrEqualTo(plan.usableBytes())
          .isLessThanOrEqualTo(heapMib * MIB * 9 / 10);
      assertThat(plan.flowsMax()).as(plan.toString()).isGreaterThanOrEqualTo(8_000);
      assertThat(plan.carriedBytesMax()).as(plan.toString()).isGreaterThanOrEqualTo(MIB / 4);
      assertThat(plan.flowBytesMax())
          .as(plan.toString())
          .isPositive()
          .isLessThanOrEqualTo(plan.carriedBytesMax() / 2);
      assertThat(plan.tableBytesMax()).as(plan.toString()).isPositive();
      assertThat(plan.logBufferBytes()).isBetween(4 << 10, 64 << 10);
    }
  }

  @Test
  void theUsualHeapHoldsHundredsOfThousandsOfFlows() {
    HeapPlan plan = new HeapPlan(384 * MIB, /* workers= */ 1);
    assertThat(plan.flowsMax()).isGreaterThan(280_000);
    assertThat(plan.flowsMax() * (long) FlowTable.BYTES_PER_FLOW).isLessThan(193 * MIB);
    assertThat(plan.carriedBytesMax()).isGreaterThan(78 * MIB);
    assertThat(plan.flowBytesMax()).isEqualTo(4 * MIB);
  }
}
