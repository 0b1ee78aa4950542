/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import io.podtap.core.metrics.MetricFamily;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.metrics.MetricsText;
import io.podtap.gateway.GatewayMetrics;
import io.podtap.injector.InjectorMetrics;
import io.podtap.sensor.SensorMetrics;
import io.podtap.sensor.detect.DetectRun;
import io.podtap.tap.ledger.TapMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Every number that is declared, by the program that counts it. */
final class DeclaredMetrics {

  private DeclaredMetrics() {}

  /** Returns groups by the name of the program, what all programs have last. */
  static Map<String, List<MetricGroup<?>>> programs() {
    Map<String, List<MetricGroup<?>>> programs = new LinkedHashMap<>();
    programs.put("tap", TapMetrics.ALL);
    programs.put("sensor", SensorMetrics.all());
    programs.put("gateway", GatewayMetrics.all());
    programs.put("webhook", InjectorMetrics.all());
    programs.put("detect", List.of(DetectRun.METRICS));
    programs.put("every program", List.of(MetricsPort.THREADS, MetricsText.OWN));
    return programs;
  }

  /** Returns the names of samples. */
  static Set<String> names() {
    return programs().values().stream()
        .flatMap(List::stream)
        .flatMap(group -> group.families().stream())
        .map(MetricFamily::fullName)
        .collect(Collectors.toSet());
  }
}
