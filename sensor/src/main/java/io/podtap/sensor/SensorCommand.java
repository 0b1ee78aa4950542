/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.agent.Termination;
import io.podtap.core.config.CountFile;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.edges.EdgeOptions;
import io.podtap.sensor.identity.source.IdentitySettings;
import io.podtap.sensor.ingest.IngestOptions;
import io.podtap.sensor.ingest.IngestText;
import io.podtap.sensor.ingest.ObservationOptions;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap sensor}: tunnels or an interface in, Zeek-compatible logs out. */
@Command(name = "sensor", description = "Receive mirrored packets and write Zeek-compatible logs.")
public final class SensorCommand implements Program {

  private static final long DRAIN_MS_MAX = 10_000;

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      description = "Analyze a network interface of this host.")
  private String interfaceName = "";

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      description =
          "With --interface: analyze only packets that match, in tcpdump's filter syntax.")
  private String filter = "";

  @Option(
      names = "--logs",
      paramLabel = "DIR",
      description =
          "Folder for the logs; - is standard output. {pod}, {node} and {hostname} stand for"
              + " POD_NAME, NODE_NAME and HOSTNAME of the environment. This or --kafka is needed.")
  private String logs = "";

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT[,...]",
      description = "Send every record to these Kafka brokers, in JSON.")
  private String kafka = "";

  @Option(
      names = "--kafka-topic",
      defaultValue = BrokerSettings.TOPIC_DEFAULT,
      paramLabel = "PATTERN",
      description =
          "Topic of a record; {log} stands for the log's name (default: ${DEFAULT-VALUE}).")
  private String kafkaTopic = BrokerSettings.TOPIC_DEFAULT;

  @Option(
      names = "--kafka-option",
      paramLabel = "KEY=VALUE",
      description = "A setting of Kafka's producer, such as security.protocol=SSL; repeatable.")
  private List<String> kafkaOptions = new ArrayList<>();

  @Option(
      names = "--kafka-key",
      defaultValue = "uid",
      paramLabel = "uid|workload",
      description =
          "Key of a record, which chooses its partition: the connection, or the originator's"
              + " workload (default: ${DEFAULT-VALUE}).")
  private String kafkaKey = "uid";

  @Option(
      names = "--format",
      defaultValue = "json",
      paramLabel = "json|tsv",
      description = "Format of records (default: ${DEFAULT-VALUE}).")
  private String format = "json";

  @Option(
      names = "--rotate-seconds",
      paramLabel = "SECONDS",
      description = "Start new log files at this interval (default: never).")
  private long rotateSeconds;

  @Option(
      names = "--rotate-bytes",
      paramLabel = "BYTES",
      description = "Start a new log file at this size (default: never).")
  private long rotateBytes;

  @Option(
      names = "--identity",
      defaultValue = "reports",
      paramLabel = "api|reports|none",
      description =
          "Who names the owners of addresses: the Kubernetes API and reports of taps, only reports,"
              + " or nobody (default: ${DEFAULT-VALUE}).")
  private String identity = "reports";

  @Option(
      names = "--identity-namespaces",
      paramLabel = "NAMESPACE,...",
      description = "With --identity api: namespaces whose pods are named (default: all).")
  private String identityNamespaces = "";

  @Option(
      names = "--identity-endpoints",
      description =
          "With --identity api: watch EndpointSlices too, and name the service of a pod that was"
              + " reached directly, such as one of a headless service.")
  private boolean identityEndpoints;

  @Option(
      names = "--service-account",
      paramLabel = "DIR",
      description =
          "With --identity api or --notice-events: folder of the token and the certificates"
              + " (default: /var/run/secrets/kubernetes.io/serviceaccount).")
  private Path serviceAccount = ServiceAccount.USUAL_FOLDER;

  @Option(
      names = "--notice-events",
      description =
          "Write every notice about a pod as an Event in the pod's namespace, where kubectl"
              + " describe shows it. Needs a role that may create events.")
  private boolean noticeEvents;

  @Mixin private IdentityOptions identities = new IdentityOptions();

  @Mixin private EdgeOptions edges = new EdgeOptions();

  @Mixin private IngestOptions ingest = new IngestOptions();

  @Mixin private NoticeOptions detection = new NoticeOptions();

  @Mixin private AnalysisOptions analysis = new AnalysisOptions();

  @Mixin private ObservationOptions observation = new ObservationOptions();

  /** Returns the settings that the options ask for. */
  SensorSettings settings() {
    observation.check();
    IdentitySettings owners =
        identities.settings(
            IdentityOptions.mode(identity),
            identityNamespaces.isEmpty()
                ? List.of()
                : IdentityOptions.words(identityNamespaces, "--identity-namespaces"),
            identityEndpoints,
            ServiceAccount.of(System.getenv(), serviceAccount));
    return new SensorSettings(
        ingest.settings(!interfaceName.isEmpty()),
        interfaceName,
        filter,
        analysis.settings(
            owners.bytesMax(Runtime.getRuntime().maxMemory()) + edges.bytesMax(owners.isOn())),
        LogFolder.resolve(logs, System.getenv()),
        LogFormat.named(format),
        new Rotation(rotateBytes, TimeUnit.SECONDS.toNanos(rotateSeconds)),
        broker(),
        owners,
        edges.bytesMax(owners.isOn()));
  }

  private @Nullable BrokerSettings broker() {
    if (!kafka.isEmpty()) {
      return BrokerSettings.of(kafka, kafkaTopic, kafkaOptions)
          .with(BrokerSettings.Key.named(kafkaKey));
    }
    if (!kafkaOptions.isEmpty()
        || !kafkaTopic.equals(BrokerSettings.TOPIC_DEFAULT)
        || !kafkaKey.equals("uid")) {
      throw new SettingsException("--kafka-topic, --kafka-key and --kafka-option require --kafka");
    }
    return null;
  }

  @Override
  public Integer call() {
    SensorSettings settings = settings();
    if (noticeEvents) {
      detection.writeEvents(ServiceAccount.of(System.getenv(), serviceAccount));
    }
    PrintStream log = System.err;
    try (CountFile counts = observation.openCounts()) {
      Sensor sensor = Sensor.open(settings, line -> log.println("podtap: " + line), detection::in);
      log.println("podtap: " + describe(settings));
      try (Termination termination = Termination.install(sensor::stop, DRAIN_MS_MAX);
          MetricsPort _ =
              MetricsPort.open(observation.metricsPort(), sensor::addTo, sensor.health(), log)) {
        return run(sensor, counts, log, termination);
      }
    }
  }

  private static Integer run(
      Sensor sensor, CountFile counts, PrintStream log, Termination termination) {
    int exitCode = 0;
    try {
      sensor.run();
    } catch (UncheckedIOException e) {
      log.println("podtap: logs could not be written: " + e.getMessage());
      exitCode = 1;
    }
    log.println(IngestText.finalSummary(sensor.snapshot().ingest()));
    if (sensor.takesStreams()) {
      log.println(IngestText.finalSummary(sensor.snapshot().ingest().streams()));
    }
    if (!sensor.snapshot().outbox().logs().isEmpty()) {
      log.println(summary(sensor.snapshot().outbox()));
    }
    if (!counts.write(SensorText.json(sensor.snapshot()), log)) {
      exitCode = 1;
    }
    termination.exitCode(exitCode);
    return exitCode;
  }

  private static String describe(SensorSettings settings) {
    StringBuilder text = new StringBuilder();
    if (!settings.ingest().isEmpty()) {
      text.append("listening on ").append(settings.ingest().describe());
    }
    if (!settings.interfaceName().isEmpty()) {
      text.append(text.isEmpty() ? "" : ", ").append("captures ").append(settings.interfaceName());
    }
    List<String> targets = new ArrayList<>();
    if (!settings.logs().isEmpty()) {
      targets.add(settings.logs().equals("-") ? "standard output" : settings.logs());
    }
    BrokerSettings broker = settings.broker();
    if (broker != null) {
      targets.add("Kafka at " + broker.brokers());
    }
    return text.append("; logs go to ").append(String.join(" and ", targets)).toString();
  }

  private static String summary(OutboxSummary outbox) {
    return String.format(
        Locale.ROOT,
        "podtap: Kafka has %d records; %d dropped, %d failed",
        outbox.logs().stream().mapToLong(OutboxSummary.Log::delivered).sum(),
        outbox.logs().stream().mapToLong(OutboxSummary.Log::dropped).sum(),
        outbox.logs().stream().mapToLong(OutboxSummary.Log::failed).sum());
  }
}
