/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.InterfaceFacts;
import io.podtap.gateway.output.OutputSettings;
import io.podtap.sensor.ingest.IngestSettings;
import io.podtap.sensor.ingest.Listener;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a gateway takes and where it hands it on.
 *
 * @param outputs at least one, none twice
 * @param queueBytes of each output's queue, a power of two
 * @param mergeBytes memory for packets of which other taps may deliver a copy; 0 hands on every
 *     copy
 */
public record GatewaySettings(
    IngestSettings ingest, List<OutputSettings> outputs, int queueBytes, long mergeBytes) {

  static final int MERGE_BYTES_MIN = 1 << 20;

  private static final int QUEUE_BYTES_MIN = 1 << 20;
  private static final int QUEUE_BYTES_MAX = 1 << 30;

  public GatewaySettings {
    outputs = List.copyOf(outputs);
    if (ingest.isEmpty()) {
      throw new SettingsException("no listener: specify --listen or --listen-tls");
    }
    if (outputs.isEmpty()) {
      throw new SettingsException("no output: specify --to");
    }
    if (mergeBytes != 0 && (mergeBytes < MERGE_BYTES_MIN || mergeBytes > QUEUE_BYTES_MAX)) {
      throw new SettingsException(
          "merge-bytes " + mergeBytes + " is out of range 1048576 to 1073741824");
    }
    Set<String> names = new HashSet<>();
    for (OutputSettings output : outputs) {
      if (!names.add(output.name())) {
        throw new SettingsException("output '" + output.name() + "' is a duplicate");
      }
    }
    if (queueBytes < QUEUE_BYTES_MIN
        || queueBytes > QUEUE_BYTES_MAX
        || Integer.bitCount(queueBytes) != 1) {
      throw new SettingsException(
          "queue of " + queueBytes + " bytes is not a power of two from 1 MiB to 1 GiB");
    }
  }

  /**
   * Refuses a tunnel that leads back into the gateway.
   *
   * @throws SettingsException when an output's sensor is one of the listeners
   */
  void refuseLoops() {
    for (OutputSettings output : outputs) {
      if (output instanceof OutputSettings.Tunnel tunnel) {
        for (Listener listener : ingest.listeners()) {
          if (isReached(listener, tunnel)) {
            throw new SettingsException(
                "output '" + output.name() + "' forwards to its own listener " + listener);
          }
        }
      }
    }
  }

  private static boolean isReached(Listener listener, OutputSettings.Tunnel tunnel) {
    InetAddress to = tunnel.sensor().address();
    InetAddress at = listener.endpoint().address();
    return listener.endpoint().port() == tunnel.sensor().port()
        && (to.equals(at) || (at.isAnyLocalAddress() && isOurs(to)));
  }

  private static boolean isOurs(InetAddress address) {
    return address.isLoopbackAddress()
        || InterfaceFacts.all().values().stream()
            .anyMatch(facts -> facts.addresses().contains(address));
  }
}
