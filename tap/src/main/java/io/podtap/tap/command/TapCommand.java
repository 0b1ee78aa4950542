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
import io.podtap.tap.policy.LiveOption;
import io.podtap.tap.policy.PolicyFile;
import io.podtap.tap.policy.PolicyOptions;
import io.podtap.tap.policy.PolicySettings;
import io.podtap.tap.record.RecordingProgram;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.stream.StreamSettings;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap tap}. */
@Command(
    name = "tap",
    description = "Mirror the traffic of an interface to a sensor.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class TapCommand implements Program {

  private static final String STREAM_PORT_NAME = "pcapng";

  @Option(names = "--interface", paramLabel = "NAME[,NAME]", description = "Interfaces to capture.")
  private String interfaces = "";

  @Option(
      names = "--sensor",
      paramLabel = "SENSOR",
      description = {
        "Sensors; each flow goes to one of them. Forms:",
        "  ADDRESS[:PORT][,...]",
        "  NAME[.NAMESPACE][:PORT]  ready pods labelled run=NAME",
        "  label:SELECTOR[:PORT]  ready pods that match a label selector",
        "  service:NAMESPACE/NAME[:PORT]  ready endpoints of a service",
        "  dns:HOST[:PORT]  all addresses of a name, such as a headless service"
      })
  private String sensors = "";

  @Option(
      names = "--sensor-namespace",
      paramLabel = "NAMESPACE",
      description = "Namespace of the sensor's pods and services (default: the tap's own).")
  private String sensorNamespace = "";

  @Option(
      names = "--service-account",
      paramLabel = "FOLDER",
      description = "Folder with token, ca.crt and namespace (default: ${DEFAULT-VALUE}).")
  private Path serviceAccount = ServiceAccount.USUAL_FOLDER;

  @Option(
      names = "--vni",
      paramLabel = "NUMBER",
      description = "Network identifier, decimal or 0x hexadecimal.")
  private String vni = "";

  @Mixin private PolicyOptions policy = new PolicyOptions();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "A file of these options, a line NAME=VALUE for each, such as 'filter=tcp port 80'; it"
              + " wins over the command line and is read again when it changes and at SIGHUP:"
              + " filter, direction, snaplen, budget-mbps, flow-cutoff, headers-only, send.")
  private @Nullable Path policyFile;

  @Option(
      names = "--annotations",
      paramLabel = "FILE",
      description =
          "The same from a pod's annotations, podtap.io/filter and so on, as Kubernetes' downward"
              + " API writes them into a file.")
  private @Nullable Path annotations;

  @Option(
      names = "--encapsulation",
      paramLabel = "vxlan|geneve",
      description = "Tunnel format (default: ${DEFAULT-VALUE}).")
  private String encapsulation = "vxlan";

  @Option(
      names = "--transport",
      paramLabel = "udp|tls",
      description =
          "Tunnel of datagrams, or pcapng over TLS, which needs --cert, --key and --ca (default:"
              + " ${DEFAULT-VALUE}).")
  private String transport = "udp";

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The tap's certificate and its chain, PEM.")
  private @Nullable Path certificate;

  @Option(names = "--key", paramLabel = "FILE", description = "The certificate's key, PEM.")
  private @Nullable Path key;

  @Option(names = "--ca", paramLabel = "FILE", description = "CA certificates for sensors, PEM.")
  private @Nullable Path authorities;

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description = "Revocation lists of the CAs, PEM or DER.")
  private @Nullable Path revocations;

  @Option(
      names = "--sensor-name",
      paramLabel = "NAME[,NAME]",
      description =
          "Names of which a sensor's certificate must have one: host, address or URI (default: the"
              + " host of dns:HOST, otherwise any).")
  private String sensorName = "";

  @Option(
      names = "--report-labels",
      paramLabel = "KEY[,KEY]",
      description = "Labels of the pod to report, with values in POD_LABEL_1 and so on.")
  private String reportLabels = "";

  @Option(
      names = "--queue-bytes",
      paramLabel = "BYTES",
      description =
          "Memory of packets that wait for a sensor's TLS stream, a power of two (default:"
              + " ${DEFAULT-VALUE}).")
  private int queueBytes = StreamSettings.DEFAULT.queueBytes();

  @Option(
      names = "--lanes",
      paramLabel = "COUNT",
      description =
          "UDP source ports for each sensor: more ports spread flows over the queues and threads of a"
              + " sensor that distributes by ports, and make batches smaller (default: 1 while"
              + " datagrams leave joined, 8 while they leave one by one).")
  private @Nullable Integer lanes;

  @Option(
      names = "--ring-bytes",
      paramLabel = "BYTES",
      description = "Memory of each interface's packet ring (default: ${DEFAULT-VALUE}).")
  private int ringBytes = RingSettings.DEFAULT.ringBytes();

  @Option(
      names = "--pad",
      paramLabel = "BYTES",
      description =
          "Pad frames to a multiple of this size: more bandwidth, fewer system calls (default:"
              + " no padding).")
  private int padBytes = 1;

  @Option(
      names = "--report",
      paramLabel = "on|off",
      description = "Report identity and counters inside the tunnel (default: ${DEFAULT-VALUE}).")
  private String report = "on";

  @Option(
      names = "--read",
      paramLabel = "FILE",
      description = "Send a pcap or pcapng file instead of capturing.")
  private @Nullable Path read;

  @Option(
      names = "--write",
      paramLabel = "FILE|-",
      description =
          "Write packets as pcapng to a file, or standard output, instead of to a sensor.")
  private String write = "";

  @Option(
      names = "--exit-on-stdin-eof",
      paramLabel = "on|off",
      description =
          "With --write: exit at the first byte, or the end, of standard input (default:"
              + " ${DEFAULT-VALUE}).")
  private String exitOnStdinEof = "off";

  @Option(
      names = "--speed",
      paramLabel = "original|max",
      description = "Replay speed of a file (default: ${DEFAULT-VALUE}).")
  private String speed = "original";

  @Option(
      names = "--on-failure",
      paramLabel = "exit|retry",
      description =
          "retry: wait for what is missing at the start (an interface, a privilege, a certificate)"
              + " instead of exiting; for a sidecar, whose exit takes its pod out of service"
              + " (default: ${DEFAULT-VALUE}).")
  private String onFailure = "exit";

  @Option(
      names = "--metrics",
      paramLabel = "PORT",
      description =
          "HTTP port of /metrics, /live and /ready, 0 for none (default: ${DEFAULT-VALUE}).")
  private int metricsPort = MetricsPort.DEFAULT;

  @Option(
      names = "--count-json",
      paramLabel = "FILE",
      description = "Write the ledger to this file at exit.")
  private @Nullable Path countJson;

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
    for (Map.Entry<String, String> option : options.entrySet()) {
      try {
        if (!command.set(option.getKey(), option.getValue())) {
          return Optional.empty();
        }
      } catch (NumberFormatException | InvalidPathException _) {
        return Optional.empty();
      }
    }
    return Optional.of(command);
  }

  /** Sets the option of that name; returns false when there is none. */
  private boolean set(String option, String value) {
    LiveOption live = LiveOption.find(option);
    if (live != null) {
      policy.set(live, value);
      return true;
    }
    switch (option) {
      case "policy" -> policyFile = Path.of(value);
      case "annotations" -> annotations = Path.of(value);
      case "interface" -> interfaces = value;
      case "sensor" -> sensors = value;
      case "sensor-namespace" -> sensorNamespace = value;
      case "service-account" -> serviceAccount = Path.of(value);
      case "vni" -> vni = value;
      case "encapsulation" -> encapsulation = value;
      case "transport" -> transport = value;
      case "cert" -> certificate = Path.of(value);
      case "key" -> key = Path.of(value);
      case "ca" -> authorities = Path.of(value);
      case "crl" -> revocations = Path.of(value);
      case "sensor-name" -> sensorName = value;
      case "report-labels" -> reportLabels = value;
      case "queue-bytes" -> queueBytes = Integer.parseInt(value);
      case "lanes" -> lanes = Integer.valueOf(value);
      case "ring-bytes" -> ringBytes = Integer.parseInt(value);
      case "pad" -> padBytes = Integer.parseInt(value);
      case "report" -> report = value;
      case "read" -> read = Path.of(value);
      case "write" -> write = value;
      case "exit-on-stdin-eof" -> exitOnStdinEof = value;
      case "speed" -> speed = value;
      case "on-failure" -> onFailure = value;
      case "metrics" -> metricsPort = Integer.parseInt(value);
      case "count-json" -> countJson = Path.of(value);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Returns what the options say, checked. */
  TapSettings settings() {
    return settings(policy);
  }

  /** As the other, with other values of what may change. */
  TapSettings settings(PolicyOptions options) {
    PolicySettings present = options.settings();
    boolean streaming = !choice("transport", transport, "udp", "tls");
    MetricsPort.require(metricsPort);
    reportLabels();
    required(sensors, "--sensor");
    if (!streaming) {
      required(vni, "--vni");
    }
    Encapsulation tunnel =
        choice("encapsulation", encapsulation, "vxlan", "geneve")
            ? Encapsulation.VXLAN
            : Encapsulation.GENEVE;
    return new TapSettings(
        source(present),
        present.segment(),
        new EncapsulationSettings(tunnel, vni.isBlank() ? 0 : EncapsulationSettings.parseVni(vni)),
        sensors(tunnel, present.send()),
        padBytes,
        choice("report", report, "on", "off"),
        streaming ? Optional.of(tls()) : Optional.empty(),
        present.shed());
  }

  private SendSettings sensors(Encapsulation tunnel, SendMode mode) {
    List<Endpoint> given =
        target().isPresent() ? List.of() : SendSettings.parse(sensors, usualPort(tunnel));
    return lanes == null ? SendSettings.of(given, mode) : SendSettings.of(given, mode, lanes);
  }

  private TlsSettings tls() {
    return new TlsSettings(
        TrustFiles.of(certificate, key, authorities).revocations(revocations),
        sensorNames(),
        StreamSettings.DEFAULT.withQueueBytes(queueBytes));
  }

  /** Who was named is expected; pods and endpoints are found by labels, which no name goes with. */
  private List<String> sensorNames() {
    if (sensorName.isBlank()) {
      return target().orElse(null) instanceof SensorTarget.Name name
          ? List.of(name.host())
          : List.of();
    }
    List<String> names = Arrays.stream(sensorName.split(",", -1)).map(String::strip).toList();
    if (names.contains("")) {
      throw new SettingsException("sensor name '" + sensorName + "' has an empty entry");
    }
    return names;
  }

  private int usualPort(Encapsulation tunnel) {
    return transport.equalsIgnoreCase("tls") ? DefaultPorts.STREAM : tunnel.port();
  }

  /** Returns what to look for, or nothing when addresses are given. */
  private Optional<SensorTarget> target() {
    return SensorTarget.parse(sensors, sensorNamespace);
  }

  private SourceSettings source(PolicySettings present) {
    boolean originalSpeed = choice("speed", speed, "original", "max");
    if (read != null) {
      if (present.direction() != Direction.BOTH) {
        throw new SettingsException("--direction applies to interfaces, not to --read");
      }
      refusePolicyFile("--read");
      return new SourceSettings.CaptureFile(read, originalSpeed, present.filter());
    }
    required(interfaces, "--interface");
    return new SourceSettings.Live(
        Arrays.stream(interfaces.split(",", -1)).map(String::strip).toList(),
        RingSettings.DEFAULT.withRingBytes(ringBytes),
        present.filter(),
        present.direction());
  }

  private static void required(String value, String option) {
    if (value.isBlank()) {
      throw new SettingsException("missing option " + option);
    }
  }

  /** Returns true for the first and false for the second choice. */
  private static boolean choice(String option, String value, String first, String second) {
    String given = value.toLowerCase(Locale.ROOT);
    if (!given.equals(first) && !given.equals(second)) {
      throw new SettingsException(
          option + " '" + value + "' is neither " + first + " nor " + second);
    }
    return given.equals(first);
  }

  @Override
  public Integer call() {
    if (!write.isEmpty()) {
      refusePolicyFile("--write");
      boolean endsWithInput = choice("exit-on-stdin-eof", exitOnStdinEof, "on", "off");
      return new RecordingProgram(write, endsWithInput, System.in, System.err)
          .run(source(policy.settings()), policy.settings().segment());
    }
    boolean retries = !choice("on-failure", onFailure, "exit", "retry");
    return new TapProgram(this, metricsPort, countJson, System.err).run(retries);
  }

  private void refusePolicyFile(String with) {
    if (policyFile != null || annotations != null) {
      throw new SettingsException("--policy and --annotations are not for " + with);
    }
  }

  /** Returns the options that may change, as the command line has them. */
  PolicyOptions policy() {
    return policy;
  }

  /** Returns the file of the options that may change, or null when there is none. */
  @Nullable PolicyFile policyFile() {
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
    return ReportLabels.parse(reportLabels);
  }

  /** Returns where to, as it was asked for. */
  String sensorText() {
    return sensors.strip();
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
                ServiceAccount.of(System.getenv(), serviceAccount),
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
