/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.report.TapReport;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a tap reports of its pod, from the environment. */
final class TapIdentityTest {

  private static final List<String> ADDRESSES =
      IntStream.range(0, 20).mapToObj(i -> "fd00:1234:5678::" + (1_000 + i)).toList();

  @Test
  void reportsWhatTheEnvironmentSays() {
    TapIdentity identity =
        TapIdentity.of(
            Map.of(
                "POD_NAME", "cart-7d9f-x2x4z",
                "POD_NAMESPACE", "shop",
                "POD_UID", "5f1a",
                "NODE_NAME", "node-1",
                "POD_IPS", "10.0.0.7,fd00::7",
                "WORKLOAD_NAME", "Deployment/cart",
                "SERVICE_ACCOUNT", "cart",
                "CONTAINER_IMAGE", "tap:1"),
            "eth0/42");

    assertThat(identity.values())
        .containsEntry(TapReport.POD, "cart-7d9f-x2x4z")
        .containsEntry(TapReport.NAMESPACE, "shop")
        .containsEntry(TapReport.POD_UID, "5f1a")
        .containsEntry(TapReport.NODE, "node-1")
        .containsEntry(TapReport.ADDRESSES, "10.0.0.7,fd00::7")
        .containsEntry(TapReport.WORKLOAD, "Deployment/cart")
        .containsEntry(TapReport.SERVICE_ACCOUNT, "cart")
        .containsEntry(TapReport.IMAGE, "tap:1");
  }

  @Test
  void cutsTheListOfAddressesBetweenTwo() {
    for (int count = 0; count <= ADDRESSES.size(); count++) {
      String list = ADDRESSES.stream().limit(count).collect(Collectors.joining(","));
      String reported = TapIdentity.of(Map.of("POD_IPS", list), "").addresses();

      assertThat(list).startsWith(reported);
      assertThat(reported.length()).isLessThanOrEqualTo(160);
      if (!reported.isEmpty()) {
        assertThat(ADDRESSES).containsAll(List.of(reported.split(",", -1)));
      }
    }
  }

  @Test
  void reportsNoPartOfWhatIsTooLongForOneAddress() {
    assertThat(TapIdentity.of(Map.of("POD_IPS", "1".repeat(200)), "").addresses()).isEmpty();
  }
}
