/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One declaration of every kind, and each text that is made of it. */
final class MetricsTextTest {

  private record Door(String name, long opened, long greenBytes, long ageNs, Histogram waits) {}

  private static final MetricGroup<Door> DOORS =
      MetricGroup.<Door>of("p_", "a door", "doors[]")
          .label("door", "name", "The door.", Door::name)
          .info("door", "Which door.")
          .counter("opened", "How often it opened.", Door::opened)
          .reported("doors.opened")
          .counters("colour", MetricUnit.BYTES, "colour", "Bytes by colour.")
          .value("green", Door::greenBytes)
          .values("others", _ -> Map.of("red", 4L))
          .gauge("age", MetricUnit.NANOSECONDS, "Since it was made.", Door::ageNs)
          .flag("open", "Whether it is open.", door -> door.opened > 0)
          .histogram("wait", MetricUnit.MICROSECONDS, "Time in front of it.", Door::waits)
          .gauges("", "", "Nobody asks for it there.")
          .value("", _ -> 9)
          .as("private")
          .documentOnly()
          .account("openings", "opened", "green_bytes", "others")
          .build();

  private static Door door() {
    Histogram waits = new Histogram(1_000, 2_000_000);
    List.of(500L, 1_000L, 1_500L, 9_000_000L).forEach(waits::observe);
    return new Door("a\"b\\c\nd", 7, 3, 1_500_000_000L, waits);
  }

  @Test
  void isPrometheusText() {
    assertThat(new MetricsText(MetricsFormat.TEXT).add(DOORS.read(door())).end())
        .isEqualTo(
            """
            # HELP p_door_info Which door.
            # TYPE p_door_info gauge
            p_door_info{door="a\\"b\\\\c\\nd"} 1
            # HELP p_opened_total How often it opened.
            # TYPE p_opened_total counter
            p_opened_total{door="a\\"b\\\\c\\nd"} 7
            # HELP p_colour_bytes_total Bytes by colour.
            # TYPE p_colour_bytes_total counter
            p_colour_bytes_total{door="a\\"b\\\\c\\nd",colour="green"} 3
            p_colour_bytes_total{door="a\\"b\\\\c\\nd",colour="red"} 4
            # HELP p_age_seconds Since it was made.
            # TYPE p_age_seconds gauge
            p_age_seconds{door="a\\"b\\\\c\\nd"} 1.5
            # HELP p_open Whether it is open.
            # TYPE p_open gauge
            p_open{door="a\\"b\\\\c\\nd"} 1
            # HELP p_wait_seconds Time in front of it.
            # TYPE p_wait_seconds histogram
            p_wait_seconds_bucket{door="a\\"b\\\\c\\nd",le="0.001"} 2
            p_wait_seconds_bucket{door="a\\"b\\\\c\\nd",le="2.0"} 3
            p_wait_seconds_bucket{door="a\\"b\\\\c\\nd",le="+Inf"} 4
            p_wait_seconds_sum{door="a\\"b\\\\c\\nd"} 9.003
            p_wait_seconds_count{door="a\\"b\\\\c\\nd"} 4
            """);
  }

  @Test
  void isOpenMetrics() {
    assertThat(new MetricsText(MetricsFormat.OPENMETRICS).add(DOORS.read(door())).end().lines())
        .contains(
            "# TYPE p_door info",
            "p_door_info{door=\"a\\\"b\\\\c\\nd\"} 1",
            "# HELP p_opened How often it opened.",
            "# TYPE p_opened counter",
            "p_opened_total{door=\"a\\\"b\\\\c\\nd\"} 7",
            "# TYPE p_colour_bytes counter",
            "# UNIT p_colour_bytes bytes",
            "# UNIT p_age_seconds seconds",
            "# TYPE p_wait_seconds histogram")
        .endsWith("# EOF");
  }

  @Test
  void isACountDocument() {
    assertThat(new CountDocument().array("doors", List.of(DOORS.read(door()))).end())
        .isEqualTo(
            """
            {"doors":[{"name":"a\\"b\\\\c\\u000ad","opened":7,"green_bytes":3,\
            "others":{"red":4},"age_seconds":1.5,"open":true,"private":9}]}\
            """);
  }

  @Test
  void aReadingKnowsItsAccounts() {
    Reading reading = DOORS.read(door());
    assertThat(reading.isBalanced()).isTrue();
    Reading other = DOORS.read(new Door("x", 1, 2, 3, new Histogram()));
    assertThat(other.isBalanced()).isFalse();
    assertThat(DOORS.keyOf("p_colour_bytes_total", Map.of("colour", "green")))
        .isEqualTo("green_bytes");
    assertThat(DOORS.keyOf("p_colour_bytes_total", Map.of("colour", "red"))).isEqualTo("others");
    assertThat(DOORS.keyOf("p_opened_total", Map.of("door", "x"))).isEqualTo("opened");
    assertThat(DOORS.keyOf("q_opened_total", Map.of())).isEmpty();
  }

  @Test
  void keysAreDeclaredOnce() {
    MetricGroup.Builder<Door> twice =
        MetricGroup.<Door>of("p_", "a door", "")
            .counter("opened", "How often.", Door::opened)
            .counter("opened", "How often.", Door::opened);
    assertThatThrownBy(twice::build).hasMessageContaining("opened");
    MetricGroup.Builder<Door> unknown =
        MetricGroup.<Door>of("p_", "a door", "").account("openings", "opened", "closed");
    assertThatThrownBy(unknown::build).hasMessageContaining("opened");
  }

  @Test
  void valuesOfLabelsArePlainAndShort() {
    assertThat(MetricsText.plain("a\"b\n{c}\u2028d/e")).isEqualTo("a_b__c__d/e");
    assertThat(MetricsText.plain("x".repeat(65_000))).hasSize(MetricsText.LABEL_CHARACTERS_MAX);
    Door door = new Door("y".repeat(5_000), 1, 1, 1, new Histogram());
    assertThat(new MetricsText(MetricsFormat.TEXT).add(DOORS.read(door)).end().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(200));
  }

  @Test
  void whatDoesNotFitIsCounted() {
    MetricGroup<Integer> numbers =
        MetricGroup.<Integer>of("p_", "numbers", "")
            .label("l", "", "Its name.", i -> i + "z".repeat(100))
            .counter("c", "h", Integer::longValue)
            .build();
    String all =
        new MetricsText(MetricsFormat.TEXT)
            .add(IntStream.range(0, 100_000).mapToObj(numbers::read).toList())
            .end();
    assertThat(all)
        .hasSizeLessThan(MetricsText.CHARACTERS_MAX + 1_000)
        .contains("p_c_total{l=\"0z");
    long shown = all.lines().filter(line -> line.startsWith("p_c_total{")).count();
    assertThat(all).endsWith("podtap_metrics_series_omitted " + (100_000 - shown) + "\n");
  }

  @Test
  void clientsGetTheFormatTheyPrefer() {
    String prometheus =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
            + "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    Map<String, MetricsFormat> expected =
        Map.of(
            "",
            MetricsFormat.TEXT,
            "*/*",
            MetricsFormat.TEXT,
            "text/plain",
            MetricsFormat.TEXT,
            prometheus,
            MetricsFormat.OPENMETRICS,
            "application/openmetrics-text",
            MetricsFormat.OPENMETRICS,
            "application/openmetrics-text; version=1.0.0; q=0.2, text/plain;q=0.3",
            MetricsFormat.TEXT,
            "application/openmetrics-text; version=0.0.1",
            MetricsFormat.TEXT,
            "Application/OpenMetrics-Text ; q=0",
            MetricsFormat.TEXT,
            "application/openmetrics-text;q=x,,;",
            MetricsFormat.TEXT);
    expected.forEach((accept, format) ->
        assertThat(MetricsFormat.accepted(accept)).as(accept).isEqualTo(format));
  }
}
