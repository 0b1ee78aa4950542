/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import io.podtap.core.config.SettingsException;
import picocli.CommandLine.Option;

/** Options of metrics by edge. */
public final class EdgeOptions {

  private static final String BYTES_DEFAULT = "1048576";

  @Option(
      names = "--edge-metrics",
      description =
          "Count connections, HTTP requests and DNS questions in metrics by client, server and"
              + " port.")
  private boolean isOn;

  @Option(
      names = "--edge-metrics-bytes",
      defaultValue = BYTES_DEFAULT,
      paramLabel = "BYTES",
      description =
          "With --edge-metrics: text that they take at most; what does not fit is counted as other"
              + " (default: ${DEFAULT-VALUE}).")
  private long bytes = Long.parseLong(BYTES_DEFAULT);

  /**
   * Returns the text that metrics by edge may take; 0 when they are off.
   *
   * @param isNamed whether the ends of connections are named
   * @throws SettingsException when the bound is invalid, or nobody names the ends of an edge
   */
  public long bytesMax(boolean isNamed) {
    if (!isOn) {
      if (bytes != Long.parseLong(BYTES_DEFAULT)) {
        throw new SettingsException("--edge-metrics-bytes requires --edge-metrics");
      }
      return 0;
    }
    if (!isNamed) {
      throw new SettingsException("--edge-metrics requires --identity api or reports");
    }
    if (bytes < EdgeSeries.BYTES_MIN || bytes > EdgeSeries.BYTES_MAX) {
      throw new SettingsException(
          "invalid --edge-metrics-bytes "
              + bytes
              + ": expected "
              + EdgeSeries.BYTES_MIN
              + " to "
              + EdgeSeries.BYTES_MAX);
    }
    return bytes;
  }
}
