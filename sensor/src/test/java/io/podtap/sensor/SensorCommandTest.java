/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.ingest.Listener;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.taps.AddressRange;
import io.podtap.sensor.taps.KnownTaps;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SensorCommandTest {

  @Test
  void hasDefaultsForAllButTheLogs() {
    SensorSettings settings = settings("--logs", "logs");

    assertThat(settings.ingest().listeners()).containsExactly(Listener.parse("0.0.0.0:4789"));
    assertThat(settings.interfaceName()).isEmpty();
    assertThat(settings.filter()).isEmpty();
    assertThat(settings.ingest().knownTaps()).isEqualTo(KnownTaps.ANY);
    assertThat(settings.ingest().receiveBufferBytes()).isEqualTo(32 << 20);
    assertThat(settings.analysis().tracking().checkChecksums()).isTrue();
    assertThat(settings.analysis().tunnelDepthMax())
        .isEqualTo(AnalysisSettings.TUNNEL_DEPTH_DEFAULT);
    assertThat(settings.logs()).isEqualTo("logs");
    assertThat(settings.format()).hasSameClassAs(LogFormat.named("json"));
    assertThat(settings.rotation()).isEqualTo(Rotation.NEVER);
  }

  @Test
  void takesEveryKey() {
    SensorSettings settings =
        settings(
            ("--logs - --listen 10.0.0.1:5000,geneve:[::] --interface eth0 --filter tcp"
                    + " --known-taps-only --known-tap 10.1.0.0/16,fd00::1 --receive-buffer-bytes 8192"
                    + " --ignore-checksums --tunnel-depth 5 --hash-files md5 --protocols dns,http --format tsv --rotate-seconds 60"
                    + " --rotate-bytes 1000 --metrics 0 --count-json counts.json")
                .split(" "));

    assertThat(settings.ingest().listeners())
        .containsExactly(Listener.parse("10.0.0.1:5000"), Listener.parse("geneve:[::]"));
    assertThat(settings.interfaceName()).isEqualTo("eth0");
    assertThat(settings.filter()).isEqualTo("tcp");
    assertThat(settings.ingest().knownTaps().only()).isTrue();
    assertThat(settings.ingest().knownTaps().listed())
        .containsExactly(AddressRange.parse("10.1.0.0/16"), AddressRange.parse("fd00::1"));
    assertThat(settings.ingest().receiveBufferBytes()).isEqualTo(8_192);
    assertThat(settings.analysis().tracking().checkChecksums()).isFalse();
    assertThat(settings.analysis().tunnelDepthMax()).isEqualTo(5);
    assertThat(settings.analysis().fileHashes()).isEqualTo("md5");
    assertThat(settings.analysis().parsed())
        .containsExactlyInAnyOrder(Service.named("dns"), Service.named("http"));
    assertThat(settings.format()).hasSameClassAs(LogFormat.named("tsv"));
    assertThat(settings.rotation()).isEqualTo(new Rotation(1_000, 60_000_000_000L));
  }

  @Test
  void refusesAnUnknownKey() {
    assertThatThrownBy(() -> settings("--logs", "logs", "--wrong"))
        .isInstanceOf(CommandLine.UnmatchedArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--listen=nowhere",
        "--listen=10.0.0.1:70000",
        "--known-tap=tap",
        "--known-tap=10.0.0.0/40",
        "--receive-buffer-bytes=10",
        "--tunnel-depth=-1",
        "--tunnel-depth=99",
        "--protocols=gopher",
        "--format=xml",
        "--metrics=70000",
        "--filter=tcp",
        "--logs=",
        "--identity=dns",
        "--identity-namespaces=shop",
        "--identity-logs=conn,,http",
        "--edge-metrics-bytes=100000",
        "--kafka-key=workload",
        "--kafka-topic=x",
        "--kafka-option=acks=1"
      })
  void refusesValuesThatCannotBe(String option) {
    String[] arguments =
        option.startsWith("--logs") ? new String[] {option} : new String[] {"--logs=logs", option};

    assertThatThrownBy(() -> settings(arguments)).isInstanceOf(SettingsException.class);
  }

  @Test
  void namesAreForAllLogsOrThoseThatAreListed() {
    assertThat(settings("--logs=logs").identity().logs()).isEmpty();
    assertThat(settings("--logs=logs", "--identity-logs=all").identity().logs()).isEmpty();
    assertThat(settings("--logs=logs", "--identity-logs= conn, http").identity().logs())
        .containsExactlyInAnyOrder("conn", "http");
  }

  @Test
  void edgesAreCountedWhereNamesAreKnown() {
    assertThat(settings("--logs=logs").edgeBytesMax()).isZero();
    assertThat(settings("--logs=logs", "--edge-metrics").edgeBytesMax()).isEqualTo(1 << 20);
    assertThat(
            settings("--logs=logs", "--edge-metrics", "--edge-metrics-bytes=65536").edgeBytesMax())
        .isEqualTo(65_536);
    for (String bytes : List.of("65535", "1572865", "-1")) {
      assertThatThrownBy(
              () -> settings("--logs=logs", "--edge-metrics", "--edge-metrics-bytes=" + bytes))
          .hasMessage("invalid --edge-metrics-bytes " + bytes + ": expected 65536 to 1572864");
    }
    assertThatThrownBy(() -> settings("--logs=logs", "--edge-metrics", "--identity=none"))
        .hasMessage("--edge-metrics requires --identity api or reports");
  }

  @Test
  void asksWhereTheLogsGo() {
    assertThatThrownBy(SensorCommandTest::settings)
        .isInstanceOf(SettingsException.class)
        .hasMessage("no output: specify --logs or --kafka");
  }

  @Test
  void takesABrokerInsteadOfLogs() {
    SensorSettings settings =
        settings(
            ("--kafka a:1,b:2 --kafka-topic zeek-{log} --kafka-option acks=1"
                    + " --kafka-option sasl.jaas.config=a=b")
                .split(" "));

    assertThat(settings.broker())
        .isEqualTo(
            new BrokerSettings(
                "a:1,b:2", "zeek-{log}", Map.of("acks", "1", "sasl.jaas.config", "a=b")));
    assertThat(settings("--kafka", "a:1").broker())
        .isEqualTo(new BrokerSettings("a:1", BrokerSettings.TOPIC_DEFAULT, Map.of()));
    assertThat(new BrokerSettings("a:1", "zeek-{log}", Map.of()).topic("dns"))
        .isEqualTo("zeek-dns");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--kafka-topic=a b",
        "--kafka-topic={path}",
        "--kafka-option=acks",
        "--kafka-option==1",
        "--kafka-option=acks=1 --kafka-option=acks=1"
      })
  void refusesBrokerOptionsThatCannotBe(String options) {
    String[] arguments = ("--kafka=a:1 " + options).split(" --");
    for (int i = 1; i < arguments.length; i++) {
      arguments[i] = "--" + arguments[i];
    }
    arguments[0] = arguments[0].strip();

    assertThatThrownBy(() -> settings(arguments)).isInstanceOf(SettingsException.class);
  }

  private static SensorSettings settings(String... arguments) {
    SensorCommand command = new SensorCommand();
    new CommandLine(command).parseArgs(arguments);
    return command.settings();
  }
}
