/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.report.TapReport;
import io.podtap.tap.discover.DiscoveryStatus;
import io.podtap.tap.ledger.FrameFailure;
import io.podtap.tap.ledger.InterfaceLedger;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.ledger.LedgerText;
import io.podtap.tap.link.FailureCause;
import io.podtap.tap.segment.SegmentEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a tap's counters are called in its count file, metrics and reports. */
final class LedgerTextTest {

  private static final Map<String, String> TAP =
      Map.of(TapReport.TAP_ID, "0badf00d", TapReport.POD, "shop-1", TapReport.NAMESPACE, "shop");

  private final InterfaceLedger eth0 = new InterfaceLedger("eth0");
  private final Ledger ledger = new Ledger(List.of(eth0, new InterfaceLedger("lo\"\n\u0001é")), 50);

  private Ledger.Snapshot snapshot() {
    eth0.source(10, 1, 2, 7);
    for (int i = 0; i < 7; i++) {
      eth0.deliver(100);
    }
    eth0.fail(FrameFailure.LINK_HEADER_TRUNCATED, 100);
    for (int i = 0; i < 5; i++) {
      eth0.mirror(100, 1, 90);
    }
    eth0.mirror(100, 2, 180);
    ledger.addPackets(7, 630);
    ledger.failed().add(FailureCause.PATH_MTU, 7, 7 * 140);
    ledger.segment().add(SegmentEvent.TCP_SUPER_FRAME);
    return ledger.snapshot(List.of(new FakeSensors().open(FakeSensors.endpoint(3), 0)), 4);
  }

  @Test
  void theCountFileIsOneDocument() {
    assertThat(LedgerText.json(TAP, snapshot(), null, null))
        .isEqualTo(
            """
            {"tap":"0badf00d","pod":"shop-1","namespace":"shop",\
            "report_omitted":0,\
            "interfaces":[{"name":"eth0","seen":10,"filtered":2,"dropped":1,"delivered":7,\
            "mirrored":6,"shed":0,"failed":{"link_header_truncated":1},\
            "delivered_bytes":700,"mirrored_bytes":600,"shed_bytes":0,"failed_bytes":100,\
            "cut_frames":1,"packets":7,"packet_bytes":630},\
            {"name":"lo\\"\\u000a\\u0001é","seen":0,"filtered":0,"dropped":0,"delivered":0,\
            "mirrored":0,"shed":0,"failed":{},"delivered_bytes":0,"mirrored_bytes":0,\
            "shed_bytes":0,"failed_bytes":0,"cut_frames":0,"packets":0,"packet_bytes":0}],\
            "segment":{"tcp_super_frame":1},"shed":{},"shed_bytes":0,\
            "packets":7,"sent":0,"waiting":0,"failed":{"path_mtu":7},\
            "packet_bytes":630,"sent_bytes":0,"failed_bytes":630,"waiting_bytes":0,"calls":4,\
            "sensors":[{"address":"10.0.0.3:4789","sent":0,\
            "lanes":[{"port":50000,"sent":0},{"port":50000,"sent":0}],\
            "datagram_bytes_max":1472,"errors":0,"joined":true,"answering":false,"receiver":"",\
            "confirmed":0,"received":0,"lost":0,"surplus":0,"unconfirmed":0,"receipts":{}}],\
            "balanced":true}
            """);
  }

  @Test
  void discoveryIsSaidWhereThereIsOne() {
    DiscoveryStatus status =
        new DiscoveryStatus(
            "kubernetes:sensor",
            List.of(FakeSensors.endpoint(3)),
            2,
            true,
            0,
            5,
            Map.of(ApiFailure.TIMEOUT, 1L),
            "API server: no answer");
    assertThat(LedgerText.json(TAP, snapshot(), status, null))
        .endsWith(
            ",\"discovery\":{\"target\":\"kubernetes:sensor\",\"sensors\":1,\"ready\":2,"
                + "\"following\":true,\"age_seconds\":-1,\"requests\":5,"
                + "\"failures\":{\"timeout\":1},\"problem\":\"API server: no answer\"}}\n");
    assertThat(LedgerText.report(status))
        .isEqualTo(Map.of(TapReport.SENSORS, "1", TapReport.SENSORS_AGE, "-1"));
  }

  @Test
  void metricsHaveEverySeriesOnce() {
    MetricsText text = new MetricsText(MetricsFormat.TEXT);
    LedgerText.add(text, TAP, snapshot());
    List<String> lines = text.end().lines().toList();
    assertThat(lines.stream().map(line -> line.substring(0, line.lastIndexOf(' '))))
        .doesNotHaveDuplicates();
    assertThat(lines)
        .contains(
            "podtap_tap_info{tap=\"0badf00d\",namespace=\"shop\",pod=\"shop-1\"} 1",
            "podtap_tap_frames_total{interface=\"eth0\",fate=\"seen\"} 10",
            "podtap_tap_frames_total{interface=\"eth0\",fate=\"link_header_truncated\"} 1",
            "podtap_tap_frame_bytes_total{interface=\"eth0\",fate=\"delivered\"} 700",
            "podtap_tap_cut_frames_total{interface=\"eth0\"} 1",
            "podtap_tap_cut_packets_total{interface=\"eth0\"} 7",
            "podtap_tap_packets_total 7",
            "podtap_tap_all_sent_packets_total 0",
            "podtap_tap_packet_bytes_total{fate=\"made\"} 630",
            "podtap_tap_failed_packets_total{cause=\"path_mtu\"} 7",
            "podtap_tap_segment_frames_total{event=\"tcp_super_frame\"} 1",
            "podtap_tap_waiting_bytes 0",
            "podtap_tap_send_calls_total 4",
            "podtap_tap_sensors 1",
            "podtap_tap_sent_packets_total{sensor=\"10.0.0.3:4789\"} 0",
            "podtap_tap_joined{sensor=\"10.0.0.3:4789\"} 1",
            "podtap_tap_confirmed_packets{sensor=\"10.0.0.3:4789\",fate=\"lost\"} 0");
    assertThat(lines).noneMatch(line -> line.contains("fate=\"delivered\"") && line.endsWith(" 7"));
  }

  @Test
  void whatDoesNotAddUpIsSaid() {
    Ledger.Snapshot balanced = snapshot();
    assertThat(balanced.balanced()).isTrue();
    eth0.leaveOut(1); // a frame that nobody delivered
    assertThat(ledger.snapshot(List.of(), 0).balanced()).isFalse();
    Ledger other = new Ledger(List.of(), 0);
    other.addPackets(1, 1);
    assertThat(other.snapshot(List.of(), 0).balanced()).isFalse();
    assertThat(Ledger.empty().balanced()).isTrue();
  }
}
