/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.config.CountFile;
import io.podtap.core.metrics.MetricsPort;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of how to see what a program that receives has counted. */
public final class ObservationOptions {

  @Option(
      names = "--metrics",
      defaultValue = "" + MetricsPort.DEFAULT,
      paramLabel = "PORT",
      description =
          "Port for metrics, liveness and readiness; 0 for none (default: ${DEFAULT-VALUE}).")
  private int metricsPort;

  @Option(
      names = "--count-json",
      paramLabel = "FILE",
      description = "Write all counters to this file at exit.")
  private @Nullable Path countJson;

  /**
   * Refuses what cannot be, before anything is opened.
   *
   * @throws io.podtap.core.config.SettingsException when the port is none
   */
  public void check() {
    MetricsPort.require(metricsPort);
  }

  /** Returns the port of metrics, or 0. */
  public int metricsPort() {
    return metricsPort;
  }

  /**
   * Opens the file of counts, as {@link CountFile#open}.
   *
   * @throws io.podtap.core.config.SettingsException when it cannot be written
   */
  public CountFile openCounts() {
    return CountFile.open(countJson);
  }
}
