/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** For how long datagrams leave joined, with a turned clock. */
final class JoinLeaseTest {

  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final double LOSS = 0.05;

  private final JoinLease lease = new JoinLease();
  private final SplittableRandom random = new SplittableRandom(7);
  private long nowNs = TimeUnit.DAYS.toNanos(20_000);

  /** Returns whether datagrams leave joined at the end of one tick. */
  private boolean tick(boolean isAnswering) {
    nowNs += TICK_NS;
    lease.advance(nowNs);
    if (lease.isProbeDue(nowNs) && isAnswering && random.nextDouble() >= LOSS) {
      lease.renew(nowNs, true);
    }
    return lease.isLive();
  }

  @Test
  void answersOfWhichATwentiethIsLostKeepItJoined() {
    int ticks = 2_000_000; // more than a day
    int joined = 0;
    for (int i = 0; i < ticks; i++) {
      joined += tick(true) ? 1 : 0;
    }
    assertThat(joined).isGreaterThan((int) (ticks * 0.999));
  }

  @Test
  void aReaderOfPacketsInTheSensorsPlaceWaitsForLessThanAReportsInterval() {
    for (int run = 0; run < 1_000; run++) {
      for (int i = random.nextInt(100, 400); i > 0; i--) {
        tick(true);
      }
      long goneNs = nowNs;
      while (tick(false)) {
        assertThat(nowNs - goneNs).isLessThan(REPORT_NS);
      }
    }
  }
}
