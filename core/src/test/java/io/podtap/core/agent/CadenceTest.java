/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CadenceTest {

  private static final long HOUR = 3_600_000;

  private final Cadence cadence = new Cadence(100, HOUR);

  @Test
  void isDueOnceInAnInterval() {
    assertThat(cadence.isDue(HOUR + 99)).isFalse();
    assertThat(cadence.isDue(HOUR + 100)).isTrue();
    assertThat(cadence.isDue(HOUR + 101)).isFalse();
    assertThat(cadence.isDue(HOUR + 200)).isTrue();
    cadence.restart(HOUR + 250);
    assertThat(cadence.isDue(HOUR + 300)).isFalse();
  }

  @Test
  void aClockThatStepsStopsNothing() {
    assertThat(cadence.isDue(0)).isTrue();
    assertThat(cadence.isDue(99)).isFalse();
    assertThat(cadence.isDue(100)).isTrue();
    assertThat(cadence.isDue(2 * HOUR)).isTrue();
    assertThat(cadence.isDue(2 * HOUR + 99)).isFalse();
  }
}
