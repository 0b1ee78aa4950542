/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.command;

import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.DefaultPorts;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.Direction;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.trust.TrustFiles;
import io.podtap.tap.ReportLabels;
import io.podtap.tap.TapIdentity;
import io.podtap.tap.TapSettings;
import io.podtap.tap.TlsSettings;
import io.podtap.tap.discover.Discovery;
import io.podtap.tap.discover.SensorTarget;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.option.TapOption;
import io.podtap.tap.option.TapOptionValues;
import io.podtap.tap.policy.LiveOption;
import io.podtap.tap.policy.PolicyFile;
import io.podtap.tap.policy.PolicySettings;
import io.podtap.tap.record.RecordingProgram;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.stream.StreamSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code podtap tap}. */
@Command(
    name = "tap",
    description = "Mirror the traffic of an interface to a sensor.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    modelTransformer = DeclaredOptions.class)
public final class TapCommand implements Program {

  private static final String STREAM_PORT_NAME = "pcapng";

  private final TapOptionValues options = new TapOptionValues();

  /**
   * Refuses what a tap of an interface would refuse at its start. Nothing is opened, and the filter
   * is not looked at: libpcap may be missing here and be there where the tap will run.
   *
   * @param options values by name, without the dashes
   * @throws SettingsException with the tap's own words
   */
  public static void check(Map<String, String> options) {
    TapCommand command = new TapCommand();
    CommandLine line = new CommandLine(command);
    try {
      line.parseArgs(
          options.entrySet().stream()
              .flatMap(option -> Stream.of("--" + option.getKey(), option.getValue()))
              .toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
    command.settings();
  }

  /**
   * Makes the command without picocli: reading annotations by reflection is a third of what a
   * sidecar's start costs.
   *
   * @param options values by name, without the dashes
   * @return nothing when there is an option or a number that picocli has to say something about
   */
  public static Optional<TapCommand> plain(Map<String, String> options) {
    TapCommand command = new TapCommand();
    for (Map.Entry<String, String> given : options.entrySet()) {
      TapOption option = TapOption.find(given.getKey());
      if (option == null) {
        return Optional.empty();
      }
      try {
        command.options.parse(option, given.getValue());
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }
    return Optional.of(command);
  }

  /** Returns the values of its options, which picocli sets. */
  TapOptionValues options() {
    return options;
  }

  /** Returns what the options say, checked. */
  TapSettings settings() {
    return settings(PolicySettings.of(options));
  }

  /** As the other, with other values of what may change. */
  TapSettings settings(PolicySettings present) {
    boolean streaming = isStreaming();
    MetricsPort.require(options.integer(TapOption.METRICS));
    reportLabels();
    options.require(TapOption.SENSOR);
    if (!streaming) {
      options.require(TapOption.VNI);
    }
    Encapsulation tunnel =
        Encapsulation.valueOf(options.choice(TapOption.ENCAPSULATION).toUpperCase(Locale.ROOT));
    return new TapSettings(
        source(present),
        present.segment(),
        new EncapsulationSettings(
            tunnel,
            options.isGiven(TapOption.VNI)
                ? EncapsulationSettings.parseVni(options.text(TapOption.VNI))
                : 0),
        sensors(tunnel, present.send()),
        options.integer(TapOption.PAD),
        options.choice(TapOption.REPORT).equals("on"),
        streaming ? Optional.of(tls()) : Optional.empty(),
        present.shed());
  }

  private boolean isStreaming() {
    return options.choice(TapOption.TRANSPORT).equals("tls");
  }

  private SendSettings sensors(Encapsulation tunnel, SendMode mode) {
    List<Endpoint> given =
        target().isPresent()
            ? List.of()
            : SendSettings.parse(options.text(TapOption.SENSOR), usualPort(tunnel));
    return options.isGiven(TapOption.LANES)
        ? SendSettings.of(given, mode, options.integer(TapOption.LANES))
        : SendSettings.of(given, mode);
  }

  private TlsSettings tls() {
    return new TlsSettings(
        TrustFiles.of(
                options.path(TapOption.CERT),
                options.path(TapOption.KEY),
                options.path(TapOption.CA))
            .revocations(options.path(TapOption.CRL)),
        sensorNames(),
        StreamSettings.DEFAULT.withQueueBytes(options.integer(TapOption.QUEUE_BYTES)));
  }

  /** Who was named is expected; pods and endpoints are found by labels, which no name goes with. */
  private List<String> sensorNames() {
    if (!options.isGiven(TapOption.SENSOR_NAME)) {
      return target().orElse(null) instanceof SensorTarget.Name name
          ? List.of(name.host())
          : List.of();
    }
    String given = options.text(TapOption.SENSOR_NAME);
    List<String> names = Arrays.stream(given.split(",", -1)).map(String::strip).toList();
    if (names.contains("")) {
      throw new SettingsException("sensor-name '" + given + "' has an empty entry");
    }
    return names;
  }

  private int usualPort(Encapsulation tunnel) {
    return isStreaming() ? DefaultPorts.STREAM : tunnel.port();
  }

  /** Returns what to look for, or nothing when addresses are given. */
  private Optional<SensorTarget> target() {
    return SensorTarget.parse(
        options.text(TapOption.SENSOR), options.text(TapOption.SENSOR_NAMESPACE));
  }

  private SourceSettings source(PolicySettings present) {
    boolean originalSpeed = options.choice(TapOption.SPEED).equals("original");
    Path read = options.path(TapOption.READ);
    if (read != null) {
      if (present.direction() != Direction.BOTH) {
        throw new SettingsException("--direction applies to interfaces, not to --read");
      }
      refusePolicyFile("--read");
      return new SourceSettings.CaptureFile(read, originalSpeed, present.filter());
    }
    options.require(TapOption.INTERFACE);
    return new SourceSettings.Live(
        Arrays.stream(options.text(TapOption.INTERFACE).split(",", -1)).map(String::strip).toList(),
        RingSettings.DEFAULT.withRingBytes(options.integer(TapOption.RING_BYTES)),
        present.filter(),
        present.direction());
  }

  @Override
  public Integer call() {
    String file = options.text(TapOption.WRITE);
    if (!file.isEmpty()) {
      refusePolicyFile("--write");
      boolean endsWithInput = options.choice(TapOption.EXIT_ON_STDIN_EOF).equals("on");
      PolicySettings policy = PolicySettings.of(options);
      return new RecordingProgram(file, endsWithInput, System.in, System.err)
          .run(source(policy), policy.segment());
    }
    boolean retries = options.choice(TapOption.ON_FAILURE).equals("retry");
    return new TapProgram(
            this,
            options.integer(TapOption.METRICS),
            options.path(TapOption.COUNT_JSON),
            System.err)
        .run(retries);
  }

  private void refusePolicyFile(String with) {
    if (options.path(TapOption.POLICY) != null || options.path(TapOption.ANNOTATIONS) != null) {
      throw new SettingsException("--policy and --annotations are not for " + with);
    }
  }

  /** Returns the options that may change, as the command line has them. */
  Map<LiveOption, String> policy() {
    return LiveOption.written(options);
  }

  /** Returns the file of the options that may change, or null when there is none. */
  @Nullable PolicyFile policyFile() {
    Path policyFile = options.path(TapOption.POLICY);
    Path annotations = options.path(TapOption.ANNOTATIONS);
    if (policyFile != null && annotations != null) {
      throw new SettingsException("--policy and --annotations do not go together");
    }
    if (policyFile != null) {
      return new PolicyFile(policyFile, PolicyFile.Form.OPTIONS);
    }
    return annotations == null ? null : new PolicyFile(annotations, PolicyFile.Form.ANNOTATIONS);
  }

  /** Returns which labels of the pod are reported. */
  ReportLabels reportLabels() {
    return ReportLabels.parse(options.text(TapOption.REPORT_LABELS));
  }

  /** Returns where to, as it was asked for. */
  String sensorText() {
    return options.text(TapOption.SENSOR).strip();
  }

  /** Begins to look before anything is opened: both take their time. */
  SensorDiscovery search(TapSettings settings, TapIdentity identity, PrintStream log) {
    Optional<SensorTarget> target = target();
    if (target.isEmpty()) {
      return SensorDiscovery.NONE;
    }
    Encapsulation tunnel = settings.encapsulation().encapsulation();
    return new SensorDiscovery(
        Discovery.start(
            target.get(),
            new Discovery.Settings(
                ServiceAccount.of(
                    System.getenv(),
                    Objects.requireNonNull(options.path(TapOption.SERVICE_ACCOUNT))),
                identity.node(),
                identity.tapId(),
                usualPort(tunnel),
                settings.tls().isPresent()
                    ? STREAM_PORT_NAME
                    : tunnel.name().toLowerCase(Locale.ROOT),
                settings.tls().isPresent() ? "TCP" : "UDP"),
            log::println));
  }
}
