/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.report.TapReport;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.taps.ReceivedLane;
import io.podtap.sensor.taps.TapTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a report is read as. */
final class ReportOwnersTest {

  private static TapReport report(String addresses) {
    Map<String, String> values = new HashMap<>();
    values.put(TapReport.POD, "cart-1");
    values.put(TapReport.NAMESPACE, "shop");
    values.put(TapReport.NODE, "n1");
    values.put(TapReport.POD_UID, "u1");
    values.put(TapReport.WORKLOAD, "Deployment/cart");
    values.put(TapReport.SERVICE_ACCOUNT, "buyer");
    values.put(TapReport.ADDRESSES, addresses);
    return new TapReport(values);
  }

  @Test
  void readsAllAddressesAndLeavesOutWhatIsNone() {
    TapOwners.TapOwner read =
        Objects.requireNonNull(ReportOwners.owner(report("10.0.0.1, fd00::1,eth0,")));
    assertThat(read.places()).hasSize(2);
    assertThat(read.has(0, 0xFFFF_0A00_0001L)).isTrue();
    assertThat(read.has(0xFD00L << 48, 1)).isTrue();
    assertThat(read.has(0, 0xFFFF_0A00_0002L)).isFalse();
    assertThat(read.owner().workloadText()).isEqualTo("Deployment/cart");
    assertThat(read.owner().serviceAccount()).isEqualTo("buyer");
  }

  @Test
  void readsLabelsAndContainers() {
    Map<String, String> values = new HashMap<>(report("10.0.0.1").values());
    values.put(TapReport.LABELS, "app=cart,tier=\u001b[31mfront");
    values.put(TapReport.CONTAINERS, "web,worker");
    TapOwners.TapOwner read = Objects.requireNonNull(ReportOwners.owner(new TapReport(values)));
    assertThat(read.owner().labels()).startsWith("app=cart,tier=").doesNotContain("\u001b");
    assertThat(read.owner().containers()).isEqualTo("web,worker");
  }

  /** Two pods behind one outer address, and a sensor that has heard the first one's report only. */
  @Test
  void aPortThatHasNotReportedHasNoPodOfAnother() {
    TapTable taps = new TapTable(KnownTaps.ANY);
    Bindings bindings = new Bindings(1 << 20, Bindings.RETENTION_NS, /* isJournaled= */ false);
    ReportOwners owners = new ReportOwners(taps::tap, bindings);
    Map<String, String> values = new HashMap<>(report("10.0.0.1").values());
    values.put(TapReport.TAP_ID, "aaaaaaaa");
    taps.onReport(taps.lane(0, 1, 50_000, 42), new TapReport(values), 1_000);
    ReceivedLane other = taps.lane(0, 1, 50_001, 42);
    other.onFrame(60, 1_000);
    int index = other.tap().index();

    assertThat(owners.of(index)).isNull();
    values.put(TapReport.TAP_ID, "bbbbbbbb");
    values.put(TapReport.POD, "web-1");
    taps.onReport(other, new TapReport(values), 2_000);
    assertThat(Objects.requireNonNull(owners.of(index)).owner().pod()).isEqualTo("web-1");
  }

  @Test
  void aReportWithoutAddressesNamesNobody() {
    assertThat(ReportOwners.owner(report(""))).isNull();
    assertThat(ReportOwners.owner(new TapReport(Map.of("addresses", "10.0.0.1")))).isNull();
  }
}
