/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.report.TapReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void countsWhatDidNotFit() {
    String list = String.join(",", ADDRESSES);
    TapIdentity identity = TapIdentity.of(Map.of("POD_IPS", list), "");
    int reported = identity.addresses().split(",", -1).length;
    assertThat(identity.omitted()).isEqualTo(ADDRESSES.size() - reported).isPositive();
    assertThat(identity.values())
        .containsEntry(TapReport.OMITTED, Integer.toString(identity.omitted()));
  }

  @Test
  void reportsNamesOfContainersAndTheLabelsThatWereChosen() {
    TapIdentity identity =
        TapIdentity.of(
            Map.of(
                "CONTAINER_NAMES", "web,worker",
                "POD_LABEL_1", "cart",
                "POD_LABEL_2", "",
                "POD_LABEL_3", "1.2",
                "POD_LABEL_4", "no,label",
                "POD_LABEL_5", "not asked for"),
            "",
            ReportLabels.parse("app, tier, example.com/version,odd"),
            List.of());
    assertThat(identity.values())
        .containsEntry(TapReport.CONTAINERS, "web,worker")
        .containsEntry(TapReport.LABELS, "app=cart,example.com/version=1.2")
        .containsEntry(TapReport.OMITTED, "1");
  }

  @Test
  void saysNothingOfLabelsAndContainersWithoutAny() {
    assertThat(TapIdentity.of(Map.of("POD_NAME", "p"), "").values())
        .doesNotContainKeys(TapReport.LABELS, TapReport.CONTAINERS, TapReport.OMITTED);
  }

  @Test
  void boundsLabelsAndCountsTheOthers() {
    Map<String, String> environment = new HashMap<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      keys.add("example.com/label-" + i);
      environment.put(ReportLabels.variable(i), "v".repeat(40));
    }
    TapIdentity identity = TapIdentity.of(environment, "", new ReportLabels(keys), List.of());
    int reported = identity.labels().split(",", -1).length;
    assertThat(identity.labels().length()).isLessThanOrEqualTo(320);
    assertThat(identity.omitted()).isEqualTo(16 - reported).isPositive();
  }

  @Test
  void addsTheAddressesOfItsInterfacesWhereThePodHasANetworkOfItsOwn() {
    List<String> own = List.of("10.0.0.7", "192.168.7.4", "fd00:0:0:0:0:0:0:7");
    Map<String, String> environment = Map.of("POD_IPS", "10.0.0.7,fd00::7");
    assertThat(TapIdentity.of(environment, "", ReportLabels.NONE, own).addresses())
        .isEqualTo("10.0.0.7,fd00::7,192.168.7.4");
    assertThat(TapIdentity.of(Map.of(), "", ReportLabels.NONE, own).addresses())
        .as("a pod of the node's network")
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-", "a b", "app,", "a/b/c", "/app", "App/x", "x]", "'", "$(X)", "ä", "app=cart"})
  void refusesWhatIsNoKeyOfALabel(String list) {
    assertThatThrownBy(() -> ReportLabels.parse(list))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("report-labels: invalid key");
  }

  @Test
  void refusesMoreLabelsThanAReportHasRoomFor() {
    String list = IntStream.range(0, 17).mapToObj(i -> "l" + i).collect(Collectors.joining(","));
    assertThatThrownBy(() -> ReportLabels.parse(list))
        .isInstanceOf(SettingsException.class)
        .hasMessage("report-labels: more than 16");
    assertThat(ReportLabels.parse("app,app,tier").keys()).containsExactly("app", "tier");
  }

  @Test
  void reportsNoPartOfWhatIsTooLongForOneAddress() {
    assertThat(TapIdentity.of(Map.of("POD_IPS", "1".repeat(200)), "").addresses()).isEmpty();
  }
}
