/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.report.TapReport;
import io.podtap.tap.ReportLabels;
import io.podtap.tap.TapIdentity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is left of a report when names are as long as they may be. */
final class ReportTextTest {

  private static final Map<String, String> LONGEST = longest();

  private static Map<String, String> longest() {
    Map<String, String> environment = new HashMap<>();
    environment.put("POD_NAME", "p".repeat(253));
    environment.put("POD_NAMESPACE", "n".repeat(63));
    environment.put("POD_UID", "12345678-1234-1234-1234-123456789012");
    environment.put("NODE_NAME", "k".repeat(63));
    environment.put("POD_IPS", "255.255.255.255,fd00:1111:2222:3333:4444:5555:6666:7777");
    environment.put("WORKLOAD_NAME", "Deployment/" + "w".repeat(253));
    environment.put("SERVICE_ACCOUNT", "s".repeat(253));
    environment.put("CONTAINER_IMAGE", "i".repeat(1_000));
    environment.put(
        "CONTAINER_NAMES", "c".repeat(63) + ',' + "d".repeat(63) + ',' + "e".repeat(63));
    environment.put("POD_LABEL_1", "l".repeat(63));
    return Map.copyOf(environment);
  }

  /** Of the first round of reports too, so that a pod is named from then on. */
  @Test
  void namesPodAndAddressesBesideTheCountsHoweverLongNamesAre() {
    ReportLabels labels = ReportLabels.parse("p".repeat(100) + '/' + "k".repeat(63));
    TapIdentity identity = TapIdentity.of(LONGEST, "eth0/42", labels, List.of());
    ReportText text = new ReportText(identity.values(), "eth0", 0xFFFFFF);
    byte[] payload =
        text.encode(
            ReportText.State.START,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            new Ledger(List.of(), 0).snapshot(List.of(), 0));

    assertThat(payload.length).isLessThanOrEqualTo(TapReport.PAYLOAD_BYTES_MAX);
    TapReport report = TapReport.decode(payload).orElseThrow();
    assertThat(report.count(TapReport.LANE_SENT)).isEqualTo(Long.MAX_VALUE);
    assertThat(report.count(TapReport.SENT)).isEqualTo(Long.MAX_VALUE);
    assertThat(report.value(TapReport.INTERFACE)).isEqualTo("eth0");
    assertThat(report.count(TapReport.OMITTED)).isPositive();
    for (String key :
        List.of(
            TapReport.POD,
            TapReport.NAMESPACE,
            TapReport.NODE,
            TapReport.POD_UID,
            TapReport.ADDRESSES,
            TapReport.WORKLOAD)) {
      assertThat(report.value(key)).as(key).isEqualTo(identity.values().get(key)).isNotEmpty();
    }
    assertThat(TapMetrics.IDENTITY.read(text.described()).count("report_omitted"))
        .isEqualTo(report.count(TapReport.OMITTED));
  }

  @Test
  void eachValueThatIsCutIsCounted() {
    Map<String, String> environment = new HashMap<>();
    for (String name :
        List.of(
            "POD_NAME",
            "NODE_NAME",
            "POD_UID",
            "WORKLOAD_NAME",
            "SERVICE_ACCOUNT",
            "CONTAINER_IMAGE")) {
      environment.put(name, "x".repeat(160));
      assertThat(TapIdentity.of(environment, "").omitted()).isZero();
    }
    int cut = 0;
    for (String name : List.copyOf(environment.keySet())) {
      environment.put(name, "x".repeat(161));
      assertThat(TapIdentity.of(environment, "").omitted()).isEqualTo(++cut);
    }
  }
}
