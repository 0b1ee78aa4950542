/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import io.podtap.core.agent.Health;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program's metrics port, or nothing when it is not wanted or not free: no program fails for it.
 */
public final class MetricsPort implements AutoCloseable {

  /** Where a program listens unless told otherwise. */
  public static final int DEFAULT = 9_095;

  private static final int PORT_MAX = 65_535;

  /** What every program says of its threads. */
  public static final MetricGroup<Long> THREADS =
      MetricGroup.<Long>of("podtap_", "threads of any program", "")
          .counter("thread_restarts", "Threads that failed and were restarted.", Long::longValue)
          .metricsOnly()
          .build();

  private final @Nullable MetricsServer server;

  private MetricsPort(@Nullable MetricsServer server) {
    this.server = server;
  }

  /**
   * Checks what an option gave.
   *
   * @throws SettingsException when it is no port, nor 0
   */
  public static void require(int port) {
    if (port < 0 || port > PORT_MAX) {
      throw new SettingsException("metrics port " + port + " is out of range 0 to " + PORT_MAX);
    }
  }

  /**
   * Listens, and serves what {@code metrics} writes and what every program says of its threads.
   *
   * @param port 0 for no metrics
   * @param metrics adds the program's readings; called on the server's thread
   * @param health what {@code /live} and {@code /ready} say
   * @param log told in one line why there are no metrics
   */
  public static MetricsPort open(
      int port, Consumer<MetricsText> metrics, Health health, PrintStream log) {
    if (port == 0) {
      return new MetricsPort(null);
    }
    try {
      return new MetricsPort(MetricsServer.start(port, format -> text(format, metrics), health));
    } catch (IOException e) {
      log.println("podtap: no metrics, port " + port + ": " + e.getMessage());
      return new MetricsPort(null);
    }
  }

  /** Returns what the port serves at {@code /metrics}. */
  public static String text(MetricsFormat format, Consumer<MetricsText> metrics) {
    MetricsText text = new MetricsText(format);
    metrics.accept(text);
    return text.add(THREADS.read(Threads.restarts())).end();
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
