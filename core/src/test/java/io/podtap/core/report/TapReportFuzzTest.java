/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.Mutations;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Anybody can send a report: whatever its bytes, it is read or left, and stays within its bound.
 */
final class TapReportFuzzTest {

  private static final int INPUTS = 50_000;

  @Test
  void whateverComesIsReadOrLeft() {
    byte[] payload = report().encode();
    for (int seed = 0; seed < INPUTS; seed++) {
      byte[] input = new Mutations(seed).of(payload);

      TapReport.decode(input)
          .ifPresent(read -> {
            assertThat(read.values().size()).isLessThan(TapReport.PAYLOAD_BYTES_MAX);
            read.values().keySet().forEach(read::count);
            byte[] again = read.encode();
            assertThat(again.length).isLessThanOrEqualTo(TapReport.PAYLOAD_BYTES_MAX);
            assertThat(TapReport.decode(again).orElseThrow().values()).isEqualTo(read.values());
          });
    }
  }

  private static TapReport report() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.TAP_ID, "456b9591");
    values.put(TapReport.START, "6612345678901234567");
    values.put(TapReport.SEQUENCE, "3");
    values.put(TapReport.POD, "web-1");
    values.put(TapReport.NAMESPACE, "shop");
    values.put(TapReport.LANE_SENT, "25");
    values.put(TapReport.SENT, "100");
    return new TapReport(values);
  }
}
