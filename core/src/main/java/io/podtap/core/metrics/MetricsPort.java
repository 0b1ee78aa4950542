package io.podtap.core.metrics;

import io.podtap.core.agent.Health;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program's metrics port, or nothing when it is not wanted or not free: no program fails for it.
 */
public final class MetricsPort implements AutoCloseable {

  /** Where a program listens unless told otherwise. */
  public static final int DEFAULT = 9_095;

  private static final int PORT_MAX = 65_535;

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
   * Listens.
   *
   * @param port 0 for no metrics
   * @param metrics see {@link MetricsServer#start}
   * @param problem see {@link MetricsServer#start}
   * @param log told in one line why there are no metrics
   */
  public static MetricsPort open(
      int port, Supplier<String> metrics, Supplier<String> problem, PrintStream log) {
    return open(port, metrics, new Health().condition(problem), log);
  }

  /**
   * As the other, for a program of several parts.
   *
   * @param health what {@code /live} and {@code /ready} say
   */
  public static MetricsPort open(
      int port, Supplier<String> metrics, Health health, PrintStream log) {
    if (port == 0) {
      return new MetricsPort(null);
    }
    try {
      return new MetricsPort(MetricsServer.start(port, () -> metrics.get() + own(), health));
    } catch (IOException e) {
      log.println("podtap: no metrics, port " + port + ": " + e.getMessage());
      return new MetricsPort(null);
    }
  }

  /** What every program says of its threads. */
  private static String own() {
    return new MetricsText("podtap_")
        .counter("thread_restarts_total", "Threads that failed and were started again.")
        .value(Threads.restarts())
        .toString();
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
