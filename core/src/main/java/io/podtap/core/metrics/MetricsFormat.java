/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.Locale;

/**
 * The two formats in which metrics are served.
 *
 * @see "Prometheus text exposition format 0.0.4; OpenMetrics 1.0.0; RFC 9110 section 12.5.1"
 */
public enum MetricsFormat {
  TEXT("text/plain; version=0.0.4; charset=utf-8"),
  OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  private final String contentType;

  MetricsFormat(String contentType) {
    this.contentType = contentType;
  }

  /** Returns the value of {@code Content-Type}. */
  public String contentType() {
    return contentType;
  }

  /**
   * Returns the format that a client prefers.
   *
   * @param accept its {@code Accept} header, or an empty text
   */
  public static MetricsFormat accepted(String accept) {
    double openMetrics = 0;
    double text = 0;
    for (int start = 0; start < accept.length(); ) {
      int comma = accept.indexOf(',', start);
      int end = comma < 0 ? accept.length() : comma;
      String range = accept.substring(start, end).strip().toLowerCase(Locale.ROOT);
      int semicolon = range.indexOf(';');
      String type = (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
      String parameters = semicolon < 0 ? "" : range.substring(semicolon).replace(" ", "");
      if (type.equals("application/openmetrics-text") && isVersionOne(parameters)) {
        openMetrics = Math.max(openMetrics, quality(parameters));
      } else if (type.equals("text/plain")) {
        text = Math.max(text, quality(parameters));
      }
      start = end + 1;
    }
    return openMetrics > 0 && openMetrics >= text ? OPENMETRICS : TEXT;
  }

  private static boolean isVersionOne(String parameters) {
    return !parameters.contains(";version=") || parameters.contains(";version=1.");
  }

  private static double quality(String parameters) {
    int at = parameters.indexOf(";q=");
    if (at < 0) {
      return 1;
    }
    int end = parameters.indexOf(';', at + 1);
    try {
      return Double.parseDouble(parameters.substring(at + 3, end < 0 ? parameters.length() : end));
    } catch (NumberFormatException e) {
      return 0; // a range that cannot be read is not asked for
    }
  }
}
