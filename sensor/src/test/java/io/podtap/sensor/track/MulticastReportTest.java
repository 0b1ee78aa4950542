/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Reports as RFC 3810 section 5.2 lays them out. */
class MulticastReportTest {

  /** One record with two sources and a word of auxiliary data: 8 + 20 + 32 + 4 bytes. */
  private static final int LENGTH = 64;

  private static boolean isWhole(int records, int length, int captured) {
    byte[] report = new byte[LENGTH];
    report[0] = (byte) MulticastReport.REPORT_2;
    report[7] = (byte) records;
    report[9] = 1; // auxiliary words
    report[11] = 2; // sources
    return MulticastReport.isWhole(MemorySegment.ofArray(report), 0, length, captured);
  }

  @Test
  void recordsMustBeThereAsAnnounced() {
    assertThat(isWhole(0, 8, 8)).isTrue();
    assertThat(isWhole(1, LENGTH, LENGTH)).isTrue();
    assertThat(isWhole(2, LENGTH, LENGTH)).isFalse();
    for (int length = 8; length < LENGTH; length++) {
      assertThat(isWhole(1, length, length)).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void whatTheCaptureCutIsNotHeldAgainstTheSender() {
    assertThat(isWhole(1, LENGTH, 20)).isTrue();
  }
}
