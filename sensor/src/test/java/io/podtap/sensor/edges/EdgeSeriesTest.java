/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricFamily;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.Conversation;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowKey;
import io.podtap.sensor.flow.FlowTable;
import io.podtap.sensor.flow.UidSource;
import io.podtap.sensor.identity.Identities;
import io.podtap.sensor.identity.Owner;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The bound of series, what lies beyond it, and how long they last. */
final class EdgeSeriesTest {

  private static final long NOW_NS = TimeUnit.DAYS.toNanos(20_000);
  private static final EdgeEvent ANSWERED =
      new EdgeEvent.ConnectionEnded(EdgeOutcome.ANSWERED, 10, 20, TimeUnit.MILLISECONDS.toNanos(3));
  private static final EdgeEvent REJECTED =
      new EdgeEvent.ConnectionEnded(EdgeOutcome.REJECTED, 0, 0, 0);

  private static final FlowTable.Waker SLEEPER =
      new FlowTable.Waker() {
        @Override
        public long onTimer(Flow flow, long nowNs) {
          return Long.MAX_VALUE;
        }

        @Override
        public void onRemove(Flow flow) {}
      };

  private static EdgeEnd pod(String workload) {
    return EdgeEnd.of(owner(workload));
  }

  private static Owner owner(String workload) {
    return new Owner(
        Owner.Kind.POD, "shop", workload + "-1", "", "n1", "Deployment", workload, "", "", "");
  }

  private static Flow flow(int port) {
    byte[] packet = Conversation.ip(/* fromClient= */ true, IpProtocol.TCP, /* payload= */ 0);
    FlowTable table = new FlowTable(2, new UidSource(1), SLEEPER);
    FlowKey key = new FlowKey(1).ipv4(MemorySegment.ofArray(packet), 0, IpProtocol.TCP, 1, port);
    return table.insert(key, NOW_NS, Long.MAX_VALUE);
  }

  private static String text(EdgeSeries series) {
    MetricsText text = new MetricsText(MetricsFormat.TEXT);
    series.addTo(text);
    return text.end();
  }

  private static List<String> samples(EdgeSeries series, String name) {
    return text(series).lines().filter(line -> line.startsWith(name)).toList();
  }

  @Test
  void anEdgeNamesBothEnds() {
    EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
    series.add(pod("web"), pod("cart"), flow(8_080), ANSWERED);
    series.add(pod("web"), pod("cart"), flow(8_080), ANSWERED);
    assertThat(samples(series, "podtap_edge_connections"))
        .containsExactly(
            "podtap_edge_connections_total{source_namespace=\"shop\",source_workload=\"web\","
                + "source_workload_kind=\"Deployment\",destination_namespace=\"shop\","
                + "destination_workload=\"cart\",destination_workload_kind=\"Deployment\","
                + "protocol=\"TCP\",port=\"8080\",outcome=\"answered\"} 2");
    assertThat(samples(series, "podtap_edge_payload"))
        .anyMatch(line -> line.endsWith("sender=\"source\"} 20"))
        .anyMatch(line -> line.endsWith("sender=\"destination\"} 40"));
    assertThat(samples(series, "podtap_edge_tcp_handshake_duration_seconds_bucket"))
        .anyMatch(line -> line.endsWith("le=\"0.001\"} 0"))
        .anyMatch(line -> line.endsWith("le=\"0.01\"} 2"))
        .hasSize(6);
  }

  @Test
  void everyDeclaredMetricIsWritten() {
    EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
    series.add(pod("web"), pod("cart"), flow(80), ANSWERED);
    series.add(pod("web"), pod("cart"), flow(80), new EdgeEvent.RequestSeen(2, 1));
    series.add(pod("web"), pod("cart"), flow(80), new EdgeEvent.QuestionSeen(3));
    List<String> declared =
        EdgeMetrics.all().stream()
            .flatMap(group -> group.families().stream())
            .map(MetricFamily::fullName)
            .toList();
    assertThat(text(series).lines().filter(line -> line.startsWith("# TYPE ")))
        .map(line -> line.substring("# TYPE ".length(), line.lastIndexOf(' ')))
        .containsExactlyInAnyOrderElementsOf(declared);
  }

  @Test
  void everyKindOfOwnerHasALabel() {
    assertThat(EdgeEnd.of(Owner.WORLD)).isEqualTo(new EdgeEnd("", "world", ""));
    assertThat(EdgeEnd.of(Owner.UNKNOWN)).isEqualTo(new EdgeEnd("", "unknown", ""));
    assertThat(EdgeEnd.of(Owner.node("n1"))).isEqualTo(new EdgeEnd("", "n1", "Node"));
    assertThat(EdgeEnd.of(Owner.service("shop", "pay", "grpc")))
        .isEqualTo(new EdgeEnd("shop", "pay", "Service"));
    Owner bare = new Owner(Owner.Kind.POD, "shop", "shell", "", "n1", "", "", "", "", "");
    assertThat(EdgeEnd.of(bare)).isEqualTo(new EdgeEnd("shop", "shell", "Pod"));
    assertThat(EdgeEnd.of(owner("a\"b\\c\nd" + "x".repeat(300))).workload())
        .startsWith("a_b_c_d")
        .hasSize(MetricsText.LABEL_CHARACTERS_MAX);
  }

  @Test
  void everyStateOfZeekHasAnOutcome() {
    List<String> states =
        List.of(
            "S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR",
            "OTH");
    Set<EdgeOutcome> outcomes = new HashSet<>();
    for (String state : states) {
      outcomes.add(EdgeOutcome.of(state, true, true));
    }
    assertThat(outcomes).containsExactlyInAnyOrder(EdgeOutcome.values());
    assertThat(EdgeOutcome.of("OTH", false, true)).isEqualTo(EdgeOutcome.ANSWERED);
    assertThat(EdgeOutcome.of("OTH", false, false)).isEqualTo(EdgeOutcome.UNANSWERED);
  }

  @Test
  void aScanOfPortsIsOneEdge() {
    EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
    for (int port = 1; port < 5_000; port++) {
      series.add(pod("shell"), pod("cart"), flow(port), REJECTED);
    }
    assertThat(series.edges()).isEqualTo(1);
    assertThat(samples(series, "podtap_edge_connections"))
        .singleElement()
        .asString()
        .contains("port=\"other\"", "outcome=\"rejected\"} 4999");
    series.add(pod("shell"), pod("cart"), flow(80), ANSWERED);
    series.add(pod("shell"), pod("cart"), flow(80), REJECTED);
    assertThat(samples(series, "podtap_edge_connections"))
        .as("a port that has answered keeps its refusals")
        .anyMatch(line -> line.contains("port=\"80\",outcome=\"rejected\"} 1"));
  }

  /** Whatever the names are, the text stays below its bound, and no event is lost. */
  @Test
  void seriesStayWithinTheirBytes() {
    Random random = new Random(11);
    EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
    int events = 3_000;
    int added = 0;
    for (int i = 0; i < events; i++) {
      EdgeEnd client = pod("c" + "x".repeat(random.nextInt(200)) + random.nextInt(40));
      EdgeEnd server = pod("s" + random.nextInt(40));
      EdgeEvent event =
          switch (random.nextInt(4)) {
            case 0 -> new EdgeEvent.RequestSeen(random.nextInt(7), random.nextLong(1L << 34));
            case 1 -> new EdgeEvent.QuestionSeen(random.nextInt(-1, 20));
            case 2 ->
                new EdgeEvent.ConnectionEnded(
                    EdgeOutcome.values()[random.nextInt(5)], 1L << 62, 1L << 62, 1);
            default -> ANSWERED;
          };
      added += event instanceof EdgeEvent.ConnectionEnded ? 1 : 0;
      series.add(client, server, flow(random.nextInt(8)), event);
      assertThat(series.heldBytes()).isLessThanOrEqualTo(EdgeSeries.BYTES_MIN);
    }
    long connections = 0;
    int length = 0;
    for (String line : samples(series, "podtap_edge_")) {
      length += line.contains("source_workload=\"other\"") ? 0 : line.length() + 1;
      if (line.startsWith("podtap_edge_connections_total")) {
        connections += Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    assertThat(connections).isEqualTo(added);
    assertThat((long) length).isPositive().isLessThanOrEqualTo(series.heldBytes());
    assertThat(series.overflow()).isPositive();
    assertThat(samples(series, "podtap_sensor_edge_overflow_records_total"))
        .containsExactly("podtap_sensor_edge_overflow_records_total " + series.overflow());
    assertThat(samples(series, "podtap_edge_")).doesNotHaveDuplicates();
  }

  @Test
  void anEdgeEndsFiveMinutesAfterItsPodIsGone() {
    EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
    series.advance(NOW_NS, Identities.NONE);
    series.add(pod("web"), pod("cart"), flow(80), ANSWERED);
    series.add(pod("web"), EdgeEnd.of(Owner.WORLD), flow(443), ANSWERED);
    Identities same =
        (_, low, _, _) -> (int) low == Conversation.CLIENT ? owner("web") : owner("cart");
    Identities gone =
        (_, low, _, _) -> (int) low == Conversation.CLIENT ? owner("web") : Owner.UNKNOWN;
    long laterNs = NOW_NS + TimeUnit.MINUTES.toNanos(6);
    series.advance(laterNs, same);
    assertThat(series.edges()).isEqualTo(2);
    series.advance(laterNs + TimeUnit.SECONDS.toNanos(20), gone);
    assertThat(series.edges()).as("the edge to the world has lost nobody").isEqualTo(1);
    assertThat(series.ended()).isEqualTo(1);
  }

  @Test
  void anEdgeInUseStaysAlthoughItsLastPodIsGone() {
    EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
    series.advance(NOW_NS, Identities.NONE);
    series.add(pod("web"), pod("cart"), flow(80), ANSWERED);
    series.advance(NOW_NS + TimeUnit.MINUTES.toNanos(4), Identities.NONE);
    assertThat(series.edges()).isEqualTo(1);
  }

  @Test
  void unusedEdgesMakeRoomForNewOnes() {
    EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
    EdgeEnd world = EdgeEnd.of(Owner.WORLD);
    series.advance(NOW_NS, Identities.NONE);
    for (int port = 0; series.overflow() == 0; port++) {
      series.add(world, world, flow(port), ANSWERED);
    }
    int full = series.edges();
    long laterNs = NOW_NS + TimeUnit.MINUTES.toNanos(6);
    series.advance(laterNs, Identities.NONE);
    assertThat(series.edges()).isZero();
    assertThat(series.heldBytes()).isZero();
    assertThat(series.ended()).isEqualTo(full);
    series.add(world, world, flow(1), ANSWERED);
    assertThat(series.edges()).isEqualTo(1);
  }
}
