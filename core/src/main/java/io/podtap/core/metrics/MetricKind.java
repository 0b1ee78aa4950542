/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.Locale;

/** What a declared number does over time. */
public enum MetricKind {
  /** Only grows while the program runs. */
  COUNTER("_total"),
  /** Comes and goes. */
  GAUGE(""),
  /** Observations by size. */
  HISTOGRAM(""),
  /** Always 1; its labels are what it says. */
  INFO("_info");

  final String suffix;

  MetricKind(String suffix) {
    this.suffix = suffix;
  }

  /** Returns the word behind {@code # TYPE}; the older format has no word for information. */
  String word(MetricsFormat format) {
    return this == INFO && format == MetricsFormat.TEXT ? "gauge" : name().toLowerCase(Locale.ROOT);
  }
}
