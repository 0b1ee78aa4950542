package io.podtap.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MetricsTextTest {

  @Test
  void valuesOfLabelsArePlainAndShort() {
    assertThat(MetricsText.plain("a\"b\n{c}\u2028d/e")).isEqualTo("a_b__c__d/e");
    assertThat(MetricsText.plain("x".repeat(65_000))).hasSize(MetricsText.LABEL_CHARACTERS_MAX);
    assertThat(new MetricsText("p_").gauge("g", "h").value("l", "y".repeat(5_000), 1).toString())
        .hasSizeLessThan(300);
  }

  @Test
  void whatDoesNotFitIsCounted() {
    MetricsText text = new MetricsText("p_").counter("c_total", "h");
    for (int i = 0; i < 100_000; i++) {
      text.value("l", i + "z".repeat(100), i);
    }
    String all = text.toString();
    assertThat(all)
        .hasSizeLessThan(MetricsText.CHARACTERS_MAX + 1_000)
        .contains("p_c_total{l=\"0z");
    long shown = all.lines().filter(line -> line.startsWith("p_c_total{")).count();
    assertThat(all).endsWith("p_metrics_series_omitted " + (100_000 - shown) + "\n");
  }
}
