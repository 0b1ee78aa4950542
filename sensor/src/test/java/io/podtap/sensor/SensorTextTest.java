package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.ingest.DatagramSummary;
import io.podtap.sensor.ingest.IngestSummary;
import io.podtap.sensor.ingest.StreamSummary;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.taps.TapSummary;
import io.podtap.sensor.taps.TapTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SensorTextTest {

  private static Sensor.Snapshot snapshot() {
    TapTable taps = new TapTable(KnownTaps.ANY);
    DatagramSummary datagrams =
        new DatagramSummary(10, 900, 7, 1, 0, Map.of("bad_vxlan", 2L), 3, 4, 0, 0, 0, 0, 0);
    return new Sensor.Snapshot(
        1,
        new IngestSummary(
            datagrams,
            new StreamSummary(io.podtap.core.stream.StreamCounters.NONE, 5, 0, 0, 0, 0),
            TapSummary.of(taps),
            taps.forgotten(),
            0),
        12,
        13,
        Map.of("bad_TCP_checksum", 14L),
        new AnalysisLoad(
            1, 2, 21, 3, 4, 5, 22, Map.of("dns", 6L), 7, 8, new MergeCounts(9, 10, 11, 12, 13)),
        Map.of("conn", 7L),
        new OutboxSummary(7, List.of(new OutboxSummary.Log("conn", 1, 2, 3, 4))),
        new InterfaceSummary("eth0", 40, 1, 2, 37, 3, 4, 5, 6));
  }

  @Test
  void metricsHaveEveryCounterOnce() {
    String text = SensorText.metrics(snapshot());
    assertThat(text.lines().map(line -> line.substring(0, line.lastIndexOf(' '))))
        .doesNotHaveDuplicates();
    assertThat(text.lines())
        .contains(
            "podtap_sensor_datagrams_total{fate=\"bad_vxlan\"} 2",
            "podtap_sensor_stream_frames_total 5",
            "podtap_sensor_weirds_total{name=\"bad_TCP_checksum\"} 14",
            "podtap_sensor_overload_flows_total{what=\"evicted\"} 1",
            "podtap_sensor_overload_flows_total{what=\"unparsed\"} 2",
            "podtap_sensor_overload_flows_total{what=\"too_large\"} 21",
            "podtap_sensor_carried_bytes 22",
            "podtap_sensor_overload_reassembly_bytes_total{limit=\"end\"} 3",
            "podtap_sensor_overload_reassembly_bytes_total{limit=\"all\"} 4",
            "podtap_sensor_reassembly_bytes 5",
            "podtap_sensor_parser_failures_total{service=\"dns\"} 6",
            "podtap_sensor_log_records_lost_total{log=\"conn\"} 7",
            "podtap_sensor_kafka_records_total{log=\"conn\",fate=\"dropped\"} 2",
            "podtap_sensor_interface_frames_total{fate=\"dropped\"} 2",
            "podtap_sensor_interface_frames_total{fate=\"truncated\"} 3",
            "podtap_sensor_joined_datagrams_cut_total 4",
            "podtap_sensor_flows 13",
            "podtap_sensor_frames_total 12");
  }

  @Test
  void theDocumentIsOneObject() {
    assertThat(SensorText.json(snapshot()))
        .startsWith("{\"datagrams\":10,")
        .contains("\"malformed\":{\"bad_vxlan\":2},\"streams\":{\"open\":0,")
        .contains("\"taps\":[],\"forgotten\":{\"taps\":0,\"sent\":0,")
        .contains("},\"weirds\":{\"bad_TCP_checksum\":14},\"overload\":{\"flowsEvicted\":1,")
        .endsWith(
            "\"kafka\":{\"conn\":{\"delivered\":1,\"dropped\":2,\"failed\":3,\"buffered\":4}}}\n");
  }
}
