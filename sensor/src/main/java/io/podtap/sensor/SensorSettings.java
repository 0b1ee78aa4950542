/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.identity.source.IdentitySettings;
import io.podtap.sensor.ingest.IngestSettings;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import org.jspecify.annotations.Nullable;

/**
 * What a sensor listens to and where it writes.
 *
 * @param ingest where taps send to; may be empty when there is an interface
 * @param interfaceName an interface to analyse without a tunnel; empty for none
 * @param filter of that interface, in tcpdump's language; empty for none
 * @param logs folder of the logs, {@code -} for standard output; empty for none
 * @param broker where records go beside or instead; null for nowhere
 * @param identity where owners of addresses come from
 * @param edgeBytesMax text of metrics by edge, at most; 0 for none
 */
public record SensorSettings(
    IngestSettings ingest,
    String interfaceName,
    String filter,
    AnalysisSettings analysis,
    String logs,
    LogFormat format,
    Rotation rotation,
    @Nullable BrokerSettings broker,
    IdentitySettings identity,
    long edgeBytesMax) {

  /** As below, with logs that name no owners of addresses, and no metrics by edge. */
  public SensorSettings(
      IngestSettings ingest,
      String interfaceName,
      String filter,
      AnalysisSettings analysis,
      String logs,
      LogFormat format,
      Rotation rotation,
      @Nullable BrokerSettings broker) {
    this(
        ingest,
        interfaceName,
        filter,
        analysis,
        logs,
        format,
        rotation,
        broker,
        IdentitySettings.NONE,
        /* edgeBytesMax= */ 0);
  }

  public SensorSettings {
    if (ingest.isEmpty() && interfaceName.isEmpty()) {
      throw new SettingsException("no input: specify --listen, --listen-tls or --interface");
    }
    if (!filter.isEmpty() && interfaceName.isEmpty()) {
      throw new SettingsException("--filter requires --interface; a tap filters what it sends");
    }
    if (logs.isEmpty() && broker == null) {
      throw new SettingsException("no output: specify --logs or --kafka");
    }
  }
}
