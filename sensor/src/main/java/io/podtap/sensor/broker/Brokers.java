/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

import io.podtap.core.config.SettingsException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ServiceLoader;

/** Finds the client and opens the outbox to it. */
public final class Brokers {

  /** Within the time that a program has to end; the rest is for the files. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private Brokers() {}

  /**
   * Opens an outbox with the usual bounds.
   *
   * @param out where losses are said
   * @throws SettingsException when the settings cannot be right, or the client is not installed
   */
  public static Outbox open(BrokerSettings settings, PrintStream out) {
    // The client's jars are on the class path, which the system's class loader knows.
    BrokerConnector connector =
        ServiceLoader.load(BrokerConnector.class, ClassLoader.getSystemClassLoader())
            .findFirst()
            .orElseThrow(
                () -> new SettingsException("--kafka: the Kafka client is not on the class path"));
    return new Outbox(
        connector.connect(settings), settings, Outbox.RECORDS_MAX, Outbox.BYTES_MAX, PATIENCE, out);
  }
}
