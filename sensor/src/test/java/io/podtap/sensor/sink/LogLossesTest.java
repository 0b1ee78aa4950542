/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogLossesTest {

  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  private final LogLosses losses = new LogLosses();

  @Test
  void saysNothingWhenNothingFails() {
    assertThat(losses.news(0)).isEmpty();
    assertThat(losses.counts()).isEmpty();
  }

  @Test
  void saysOnceAMinuteWhatWasLostSinceAndWhenItIsOver() {
    losses.onFailure("conn", new IOException("No space left on device"));
    losses.onLost("conn", 5);
    losses.onLost("dns", 2);
    assertThat(losses.news(0))
        .contains(
            "logs cannot be written (conn.log: No space left on device);"
                + " records lost: 5 of conn.log, 2 of dns.log");

    losses.onFailure("conn", new IOException("No space left on device"));
    losses.onLost("conn", 1);
    assertThat(losses.news(59 * SECOND_NS)).isEmpty();
    assertThat(losses.news(60 * SECOND_NS))
        .contains(
            "logs cannot be written (conn.log: No space left on device);"
                + " records lost since the last such line: 1 of conn.log");

    assertThat(losses.news(120 * SECOND_NS))
        .contains("logs are written again; records lost since the last such line: none");
    assertThat(losses.news(180 * SECOND_NS)).isEmpty();
    assertThat(losses.counts()).containsEntry("conn", 6L).containsEntry("dns", 2L);
  }

  /** What a nearly full disk still takes now and then does not say that all is well. */
  @Test
  void lossesAreAProblemForAWhileAfterTheyEnd() {
    long[] nowNs = {SECOND_NS};
    LogLosses counted = new LogLosses(() -> nowNs[0]);
    counted.onFailure("conn", new IOException("No space left on device"));
    assertThat(counted.problem()).startsWith("logs cannot be written (conn.log: No space");
    counted.onRecovered("conn");
    assertThat(counted.problem()).isEmpty();
    counted.onFailure("conn", new IOException("No space left on device"));
    counted.onLost("conn", 5);
    counted.onRecovered("conn");
    nowNs[0] += 14 * SECOND_NS;
    assertThat(counted.problem())
        .isEqualTo("records were lost (conn.log: No space left on device)");
    nowNs[0] += SECOND_NS;
    assertThat(counted.problem()).isEmpty();
  }
}
