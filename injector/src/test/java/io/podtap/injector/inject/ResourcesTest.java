/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.limits.Quantity;
import io.podtap.injector.tree.Tree;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResourcesTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "0.5, 0.5",
    ".5, 0.5",
    "5., 5",
    "+1, 1",
    "007, 7",
    "1n, 0.000000001",
    "1u, 0.000001",
    "100m, 0.1",
    "1k, 1000",
    "1M, 1000000",
    "1G, 1e9",
    "1T, 1e12",
    "1P, 1e15",
    "1E, 1e18",
    "1Ki, 1024",
    "1Mi, 1048576",
    "1Gi, 1073741824",
    "1Ti, 1099511627776",
    "1Pi, 1125899906842624",
    "1Ei, 1152921504606846976",
    "1.5Gi, 1610612736",
    "1e3, 1000",
    "1E3, 1000",
    "1e+3, 1000",
    "1E-3, 0.001",
    "12e-1, 1.2",
    "0.1n, 0.000000001",
    "0.99Ki, 1013.76"
  })
  void quantitiesAreReadAsKubernetesReadsThem(String text, String amount) {
    assertThat(Quantity.parse(text))
        .as(text)
        .hasValueSatisfying(
            value -> assertThat(value).isEqualByComparingTo(new BigDecimal(amount)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "0", "0Gi", "-1", "-1Gi", "1 Gi", "1gi", "1ki", "1K", "1mi", "1e", "1e3Gi", "e3",
        ".", "+", "1.2.3", "1,5", "0x10", "1Zi", "Gi", "1e999", "--1", "1_000"
      })
  void otherTextsAreRefused(String text) {
    assertThat(Quantity.parse(text)).as(text).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1Ti, 1024Gi, 4, 4",
    "1e3, 1k, 1000m, 1",
    "1073741824, 1Gi, 0.5, 500m",
    "1Gi, '', 4, ''",
    "1048576Ki, 1Gi, '2', 2000m",
    "1E, 1e18, 1e-1, 100m"
  })
  void aPodIsGuaranteedHoweverItsAmountsAreWritten(
      String memoryLimit, String memory, String cpuLimit, String cpu) {
    assertThat(Resources.isGuaranteed(pod(memoryLimit, memory, cpuLimit, cpu))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1Gi, 1G, 4, 4", "1Gi, 1023Mi, 4, 4", "'', 1Gi, 4, 4", "1Gi, 1Gi, 0, 0"})
  void othersAreNot(String memoryLimit, String memory, String cpuLimit, String cpu) {
    assertThat(Resources.isGuaranteed(pod(memoryLimit, memory, cpuLimit, cpu))).isFalse();
  }

  private static Map<String, Object> pod(
      String memoryLimit, String memory, String cpuLimit, String cpu) {
    return Map.of(
        "containers",
        List.of(
            Map.of(
                "name",
                "a",
                "resources",
                Map.of(
                    "limits", Map.of("memory", memoryLimit, "cpu", cpuLimit),
                    "requests", Map.of("memory", memory, "cpu", cpu)))));
  }

  @ParameterizedTest
  @CsvSource({
    "500m, '', 500m, 500m",
    "20m, '', 20m, 250m",
    "'', 20m, 20m, 20m",
    "'', 1, 50m, 1",
    "100m, 200m, 100m, 200m",
    "'', '', 50m, 250m"
  })
  void oneOfRequestAndLimitAloneIsFitted(
      String request, String limit, String expected, String expectedLimit) {
    Map<String, String> given = new java.util.HashMap<>();
    if (!request.isEmpty()) {
      given.put("cpu", request);
    }
    if (!limit.isEmpty()) {
      given.put("cpu-limit", limit);
    }
    Resources resources = Resources.usual(given);
    assertThat(resources.cpu()).isEqualTo(expected);
    assertThat(resources.cpuLimit()).isEqualTo(expectedLimit);
    assertThat(resources.memory()).isEqualTo("64Mi");
  }

  @Test
  void whatContradictsItselfIsRefused() {
    assertThatThrownBy(() -> Resources.usual(Map.of("cpu", "2", "cpu-limit", "1")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("cpu 2 is more than its limit, 1");
    assertThatThrownBy(() -> Resources.usual(Map.of("memory", "much")))
        .hasMessageContaining("memory 'much' is not a quantity above zero");
  }

  @Test
  void aContainerOfThePodsOwnIsFittedToo() {
    Map<String, ?> fitted =
        Resources.fitted(
            Map.of("limits", Map.of("cpu", "10m"), "requests", Map.of("memory", "1Gi")),
            Map.of(
                "limits", Map.of("cpu", "10m", "memory", "256Mi"),
                "requests", Map.of("cpu", "50m", "memory", "1Gi")));
    assertThat(Tree.text(fitted, "requests", "cpu")).isEqualTo("10m");
    assertThat(Tree.text(fitted, "limits", "memory")).isEqualTo("1Gi");
  }
}
