/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TapReportTest {

  @Test
  void comesBackAsItWasWritten() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.POD, "web-1");
    values.put(TapReport.SENT, "12");

    TapReport report = TapReport.decode(new TapReport(values).encode()).orElseThrow();

    assertThat(report.values()).containsExactlyEntriesOf(values);
    assertThat(report.count(TapReport.SENT)).isEqualTo(12);
    assertThat(report.count(TapReport.POD)).isEqualTo(-1);
    assertThat(report.value("absent")).isEmpty();
  }

  @Test
  void ignoresEthernetPaddingBehindTheLastLine() {
    byte[] payload = new TapReport(Map.of(TapReport.SENT, "1")).encode();

    byte[] padded = Arrays.copyOf(payload, payload.length + 20);

    assertThat(TapReport.decode(padded).orElseThrow().values()).hasSize(1);
  }

  @Test
  void staysWithinItsLargestLength() {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      values.put("key" + i, "x".repeat(40));
    }

    byte[] payload = new TapReport(values).encode();

    assertThat(payload).hasSizeLessThanOrEqualTo(TapReport.PAYLOAD_BYTES_MAX);
    TapReport report = TapReport.decode(payload).orElseThrow();
    assertThat(report.count(TapReport.OMITTED)).isEqualTo(100 - (report.values().size() - 1));
    assertThat(new TapReport(values).omitted()).isEqualTo(report.count(TapReport.OMITTED));
  }

  /** At every length around the largest one. */
  @Test
  void countsEveryLineThatIsLeftOut() {
    for (int length = 900; length < 1_200; length++) {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("first", "1");
      values.put("long", "x".repeat(length));
      values.put("last", "2");
      TapReport report = new TapReport(values);
      byte[] payload = report.encode();
      assertThat(payload).hasSizeLessThanOrEqualTo(TapReport.PAYLOAD_BYTES_MAX);
      TapReport read = TapReport.decode(payload).orElseThrow();
      long omitted = Math.max(0, read.count(TapReport.OMITTED));
      assertThat(omitted).isEqualTo(report.omitted());
      assertThat(read.values().size() - (omitted > 0 ? 1 : 0) + omitted).isEqualTo(3);
    }
  }

  @Test
  void leavesOutALineThatIsTooLongAndNotThoseBehindIt() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.OMITTED, "2");
    values.put(TapReport.LABELS, "x".repeat(TapReport.PAYLOAD_BYTES_MAX));
    values.put(TapReport.SENT, "12");

    TapReport report = TapReport.decode(new TapReport(values).encode()).orElseThrow();

    assertThat(report.values()).isEqualTo(Map.of(TapReport.SENT, "12", TapReport.OMITTED, "3"));
  }

  @Test
  void refusesWhatIsNoReport() {
    assertThat(TapReport.decode(new byte[0])).isEmpty();
    assertThat(TapReport.decode("podtap-report 2\n".getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(TapReport.decode(new byte[] {(byte) 0xFF, 0, 1})).isEmpty();
    assertThat(TapReport.decode(new byte[TapReport.PAYLOAD_BYTES_MAX + 1])).isEmpty();
  }

  @Test
  void keepsALineBreakInAValueFromForgingALine() {
    byte[] payload = new TapReport(Map.of(TapReport.POD, "web\nsent=99")).encode();

    assertThat(TapReport.decode(payload).orElseThrow().values())
        .containsExactly(Map.entry(TapReport.POD, "web sent=99"));
  }
}
