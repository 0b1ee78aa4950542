/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricFamily;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.edges.EdgeMetrics;
import io.podtap.sensor.ingest.DatagramSummary;
import io.podtap.sensor.ingest.IngestMetrics;
import io.podtap.sensor.ingest.IngestSummary;
import io.podtap.sensor.ingest.StreamSummary;
import io.podtap.sensor.notice.NoticeCounts;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.stream.StreamCounters;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.taps.TapSummary;
import io.podtap.sensor.taps.TapTable;
import io.podtap.sensor.track.Tracker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a sensor's counters are called in its count file and metrics. */
final class SensorTextTest {

  private static final Set<String> EDGES =
      EdgeMetrics.all().stream()
          .flatMap(group -> group.families().stream())
          .map(MetricFamily::fullName)
          .collect(Collectors.toSet());

  private static Sensor.Snapshot snapshot() {
    TapTable taps = new TapTable(KnownTaps.ANY);
    IngestMetrics declared = IngestMetrics.SENSOR;
    return new Sensor.Snapshot(
        1,
        new IngestSummary(
            new DatagramSummary(declared.all().getFirst().zero()),
            new StreamSummary(StreamCounters.NONE, declared.all().get(1).zero()),
            TapSummary.of(taps),
            taps.forgotten(),
            0),
        new Analysis(new Tracker.Settings(1, true, 1), new MemorySink(), /* tapName= */ null)
            .summary(),
        Map.of("conn", 7L),
        new OutboxSummary(7, List.of(new OutboxSummary.Log("conn", 1, 2, 3, 4))),
        Optional.of(SensorMetrics.INTERFACE.zero()),
        Optional.of(SensorMetrics.IDENTITY.zero()),
        Optional.of(
            SensorMetrics.NOTICES.read(
                new NoticeCounts(
                    Map.of("port_scan", 3L),
                    4,
                    5,
                    6,
                    7,
                    Map.of("delivered", 8L),
                    Map.of("limited", 9L)))));
  }

  private static List<String> metrics() {
    MetricsText text = new MetricsText(MetricsFormat.TEXT);
    SensorText.add(text, snapshot());
    return text.end().lines().toList();
  }

  @Test
  void metricsHaveEverySeriesOnce() {
    assertThat(metrics().stream().map(line -> line.substring(0, line.lastIndexOf(' '))))
        .doesNotHaveDuplicates();
    assertThat(metrics())
        .contains(
            "podtap_sensor_datagrams_total{fate=\"analysed\"} 0",
            "podtap_sensor_doubted_total{what=\"bad_report\"} 0",
            "podtap_sensor_stream_frames_total 0",
            "podtap_sensor_overload_flows_total{what=\"evicted\"} 0",
            "podtap_sensor_overload_flows_total{what=\"unparsed\"} 0",
            "podtap_sensor_overload_flows_total{what=\"too_large\"} 0",
            "podtap_sensor_overload_reassembly_bytes_total{limit=\"end\"} 0",
            "podtap_sensor_overload_reassembly_bytes_total{limit=\"all\"} 0",
            "podtap_sensor_reassembly_bytes 0",
            "podtap_sensor_log_records_lost_total{log=\"conn\"} 7",
            "podtap_sensor_kafka_records_total{log=\"conn\",fate=\"dropped\"} 2",
            "podtap_sensor_kafka_buffered_bytes 7",
            "podtap_sensor_notices_total{note=\"port_scan\"} 3",
            "podtap_sensor_notice_findings_left_out_total{cause=\"suppressed\"} 4",
            "podtap_sensor_notice_findings_left_out_total{cause=\"exception\"} 5",
            "podtap_sensor_notice_state_evicted_total 6",
            "podtap_sensor_notice_state_bytes 7",
            "podtap_sensor_notice_webhook_total{fate=\"delivered\"} 8",
            "podtap_sensor_notice_events_total{fate=\"limited\"} 9",
            "podtap_sensor_interface_frames_total{fate=\"dropped\"} 0",
            "podtap_sensor_merged_packets_total{what=\"of_one_tap\"} 0",
            "podtap_sensor_flows 0",
            "podtap_sensor_frames_total 0");
    assertThat(metrics()).anyMatch(line -> line.startsWith("podtap_sensor_carried_bytes "));
  }

  @Test
  void metricsHaveEveryDeclaredFamily() {
    List<String> described =
        metrics().stream()
            .filter(line -> line.startsWith("# TYPE "))
            .map(line -> line.substring("# TYPE ".length(), line.lastIndexOf(' ')))
            .toList();
    List<String> declared =
        SensorMetrics.all().stream()
            .flatMap(group -> group.families().stream())
            .map(MetricFamily::fullName)
            .filter(name -> !name.contains("certificate") && !name.contains("peers"))
            .filter(name -> !name.startsWith("podtap_sensor_tap_")) // there is no tap
            .filter(name -> !EDGES.contains(name)) // EdgeSeriesTest has them
            .toList();
    assertThat(described).containsExactlyInAnyOrderElementsOf(declared);
  }

  @Test
  void theDocumentIsOneObjectInOneSpelling() {
    String document = SensorText.json(snapshot());
    assertThat(document)
        .startsWith("{\"datagrams\":0,")
        .contains("\"bad_reports\":0,")
        .contains("\"streams\":{\"open\":0,")
        .contains("\"taps\":[],\"forgotten\":{\"taps\":0,\"sent\":0,")
        .contains("\"weirds\":{},\"flows_evicted\":0,")
        .contains("\"lost_records\":{\"conn\":7}")
        .contains("\"interface\":{\"name\":\"\",\"seen\":0,")
        .endsWith(
            "\"kafka\":{\"conn\":{\"delivered\":1,\"dropped\":2,\"failed\":3,\"buffered\":4}}}\n");
    assertThat(Pattern.compile("\"([^\"]*)\":").matcher(document).results().map(m -> m.group(1)))
        .allMatch(key -> key.matches("[a-z0-9_]+"));
  }
}
