/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.core.agent.Termination;
import io.podtap.core.config.CountFile;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.CountDocument;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.ingest.ObservationOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap detect}: detections over the records that many sensors send to Kafka. */
@Command(
    name = "detect",
    description = {
      "Run detections over the records that sensors send to Kafka, as one or many instances.",
      "Exit code 0: told to end. 1: failed later. 2: invalid options."
    })
public final class DetectCommand implements Program {

  /** Within the time that a container has to end. */
  private static final long DRAIN_MS_MAX = 25_000;

  @Option(
      names = "--kafka",
      required = true,
      paramLabel = "HOST:PORT[,...]",
      description = "Some of the Kafka brokers.")
  private String brokers = "";

  @Option(
      names = "--kafka-topic",
      defaultValue = BrokerSettings.TOPIC_DEFAULT,
      paramLabel = "PATTERN",
      description =
          "Topics of the sensors' records; {log} stands for the log's name (default:"
              + " ${DEFAULT-VALUE}).")
  private String topic = BrokerSettings.TOPIC_DEFAULT;

  @Option(
      names = "--kafka-option",
      paramLabel = "KEY=VALUE",
      description = "A setting of Kafka Streams or its clients; repeatable.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = "--application-id",
      defaultValue = DetectSettings.APPLICATION_DEFAULT,
      paramLabel = "NAME",
      description =
          "Instances of the same name share the work; begins the names of their own topics"
              + " (default: ${DEFAULT-VALUE}).")
  private String application = DetectSettings.APPLICATION_DEFAULT;

  @Option(
      names = "--notice-topic",
      defaultValue = DetectSettings.NOTICE_TOPIC_DEFAULT,
      paramLabel = "TOPIC",
      description = "Topic of the notices (default: ${DEFAULT-VALUE}).")
  private String noticeTopic = DetectSettings.NOTICE_TOPIC_DEFAULT;

  @Option(
      names = "--partitions",
      defaultValue = "4",
      paramLabel = "COUNT",
      description =
          "Parts that the work is divided into; fixed when the application id is first used"
              + " (default: ${DEFAULT-VALUE}).")
  private int partitions = 4;

  @Option(
      names = "--threads",
      defaultValue = "1",
      paramLabel = "COUNT",
      description = "Threads of this instance (default: ${DEFAULT-VALUE}).")
  private int threads = 1;

  @Option(
      names = "--logs",
      paramLabel = "DIR",
      description = "Append notices to notice.log in this folder as well, as JSON.")
  private @Nullable Path logs;

  @Mixin private DetectionOptions detections = new DetectionOptions();

  @Mixin private ObservationOptions observation = new ObservationOptions();

  @Override
  public Integer call() {
    observation.check();
    DetectSettings settings =
        new DetectSettings(
            BrokerSettings.of(brokers, topic, options),
            detections.read(),
            application,
            noticeTopic,
            partitions,
            threads,
            logs);
    Router router = new Router(settings); // checks the options
    if (router.logs().isEmpty()) {
      throw new SettingsException("no detection was chosen");
    }
    // The jars of Kafka are on the class path, which the system's class loader knows.
    DetectEngine engine =
        ServiceLoader.load(DetectEngine.class, ClassLoader.getSystemClassLoader())
            .findFirst()
            .orElseThrow(
                () -> new SettingsException("detect: Kafka Streams is not on the class path"));
    PrintStream log = System.err;
    DetectRun run = new DetectRun();
    try (CountFile counts = observation.openCounts();
        Termination termination = Termination.install(run::stop, DRAIN_MS_MAX);
        MetricsPort _ =
            MetricsPort.open(
                observation.metricsPort(),
                text -> text.add(DetectRun.METRICS.read(run)),
                run.health(),
                log)) {
      int exitCode = engine.run(settings, run, log);
      String json = new CountDocument().add(DetectRun.METRICS.read(run)).end() + '\n';
      exitCode = counts.write(json, log) ? exitCode : 1;
      termination.exitCode(exitCode);
      return exitCode;
    }
  }
}
