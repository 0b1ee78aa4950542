/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

/**
 * What one metric is called and means.
 *
 * @param prefix the program's, such as {@code podtap_tap_}
 * @param name without prefix, unit and the suffix of its kind
 * @param label tells the values of the family apart; empty when there is one, or when the labels of
 *     the group do
 * @param help one sentence
 */
public record MetricFamily(
    String prefix, String name, MetricKind kind, MetricUnit unit, String label, String help) {

  /** Returns the name of its samples. */
  public String fullName() {
    return baseName() + kind.suffix;
  }

  /** Returns the name without the suffix of its kind: OpenMetrics' name of the family. */
  String baseName() {
    return unit.suffixed(name.isEmpty() ? prefix.substring(0, prefix.length() - 1) : prefix + name);
  }
}
