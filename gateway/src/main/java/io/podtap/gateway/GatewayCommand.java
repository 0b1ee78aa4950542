/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import io.podtap.core.agent.Termination;
import io.podtap.core.config.CountFile;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.gateway.output.OutputSettings;
import io.podtap.sensor.ingest.IngestOptions;
import io.podtap.sensor.ingest.IngestText;
import io.podtap.sensor.ingest.ObservationOptions;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap gateway}: tunnels and streams of taps in, what stock tools read out. */
@Command(
    name = "gateway",
    description = "Receive mirrored packets and forward them to stock sensors.",
    footer = {
      "",
      "Outputs:",
      "  vxlan:ADDRESS[:PORT][,vni=N][,lanes=N][,send=auto|joined|single][,report=yes|no]",
      "      [,hold=yes|no]",
      "  geneve:ADDRESS[:PORT][,...]      the same in Geneve",
      "  tap:NAME[,mtu=N]                 a network interface on which frames arrive",
      "  tcp:ADDRESS:PORT[,format=pcap|pcapng]   a capture stream for each client",
      "  pcap:FOLDER[,rotate=100MB][,rotate-age=1h][,keep=10GB][,keep-age=7d]   pcapng files"
    })
public final class GatewayCommand implements Program {

  private static final long DRAIN_MS_MAX = 10_000;

  @Mixin private IngestOptions ingest = new IngestOptions();

  @Option(
      names = "--to",
      paramLabel = "OUTPUT",
      description = "Outputs; repeatable, or several separated by blanks.")
  private List<String> to = new ArrayList<>();

  @Option(
      names = "--queue-bytes",
      defaultValue = "8388608",
      paramLabel = "BYTES",
      description = "Size of each output's queue, a power of two (default: ${DEFAULT-VALUE}).")
  private int queueBytes;

  @Option(
      names = "--duplicates",
      defaultValue = "drop",
      paramLabel = "drop|keep",
      description =
          "Packets that several taps deliver: hand on one copy, or every copy as it comes (default:"
              + " ${DEFAULT-VALUE}).")
  private String duplicates = "drop";

  @Option(
      names = "--merge-bytes",
      defaultValue = "33554432",
      paramLabel = "BYTES",
      description =
          "Memory for packets of which other taps may deliver a copy, held for 200 ms (default:"
              + " ${DEFAULT-VALUE}).")
  private int mergeBytes;

  @Mixin private ObservationOptions observation = new ObservationOptions();

  /** Returns the settings that the options ask for. */
  GatewaySettings settings() {
    observation.check();
    return new GatewaySettings(
        ingest.settings(false),
        to.stream()
            .flatMap(text -> Arrays.stream(text.strip().split("\\s+", -1)))
            .filter(text -> !text.isEmpty())
            .map(OutputSettings::parse)
            .toList(),
        queueBytes,
        mergeBytes());
  }

  private long mergeBytes() {
    return switch (duplicates) {
      case "drop" -> Math.max(mergeBytes, 1); // 0 is out of range, and does not mean "keep"
      case "keep" -> 0;
      default -> throw new SettingsException("duplicates '" + duplicates + "' is not drop or keep");
    };
  }

  @Override
  public Integer call() {
    GatewaySettings settings = settings();
    PrintStream log = System.err;
    try (CountFile counts = observation.openCounts()) {
      Gateway gateway = Gateway.open(settings, line -> log.println("podtap: " + line));
      log.println("podtap: " + describe(settings));
      try (Termination termination = Termination.install(gateway::stop, DRAIN_MS_MAX);
          MetricsPort _ =
              MetricsPort.open(
                  observation.metricsPort(),
                  text -> GatewayText.add(text, gateway.snapshot()),
                  gateway.health(),
                  log)) {
        gateway.run();
        report(gateway.snapshot(), log);
        int exitCode = counts.write(GatewayText.json(gateway.snapshot()), log) ? 0 : 1;
        termination.exitCode(exitCode);
        return exitCode;
      }
    }
  }

  private static String describe(GatewaySettings settings) {
    return "listening on "
        + settings.ingest().describe()
        + "; forwarding to "
        + String.join(", ", settings.outputs().stream().map(OutputSettings::name).toList());
  }

  private static void report(Gateway.Snapshot end, PrintStream log) {
    log.println(IngestText.finalSummary(end.ingest()));
    if (end.ingest().streams().connections().opened() > 0) {
      log.println(IngestText.finalSummary(end.ingest().streams()));
    }
    if (end.merged().duplicates() > 0) {
      log.println(GatewayText.finalSummary(end.merged()));
    }
    end.outputs().forEach(output -> log.println(GatewayText.finalSummary(output)));
  }
}
