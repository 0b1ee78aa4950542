/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.TapDevice;
import java.util.ArrayList;
import java.util.List;

/** Opens outputs. */
public final class Outputs {

  private Outputs() {}

  /**
   * Opens all; each has a thread of its own from now on.
   *
   * @param queueBytes of each output's queue, or of each reader's where readers connect; a power of
   *     two
   * @throws SettingsException when one cannot be; none stays open then
   */
  public static List<Output> open(List<OutputSettings> settings, Senders senders, int queueBytes) {
    List<Output> outputs = new ArrayList<>();
    try {
      for (OutputSettings one : settings) {
        outputs.add(open(one, senders, queueBytes));
      }
      return List.copyOf(outputs);
    } catch (RuntimeException e) {
      outputs.forEach(Output::close);
      throw e instanceof LinuxException
          ? new SettingsException(String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  private static Output open(OutputSettings settings, Senders senders, int queueBytes) {
    return switch (settings) {
      case OutputSettings.Tunnel tunnel -> GatewayTunnel.open(tunnel, senders, queueBytes);
      case OutputSettings.Server server -> ServerOutput.open(server, senders, queueBytes);
      case OutputSettings.Interface device -> {
        OutputLedger ledger = new OutputLedger();
        TapDevice made = TapDevice.open(device.device(), device.mtu());
        yield QueuedOutput.start(
            device.name(), new InterfaceWriter(made, ledger), ledger, senders, queueBytes);
      }
      case OutputSettings.Files files -> {
        OutputLedger ledger = new OutputLedger();
        CaptureFiles folder = CaptureFiles.open(files);
        yield QueuedOutput.start(
            files.name(),
            new FileWriter(files, folder, senders, ledger),
            ledger,
            senders,
            queueBytes);
      }
    };
  }
}
