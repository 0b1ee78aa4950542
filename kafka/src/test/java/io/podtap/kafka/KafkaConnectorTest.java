/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.broker.BrokerConnector;
import io.podtap.sensor.broker.BrokerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaConnectorTest {

  @Test
  void isFoundAsAService() {
    assertThat(ServiceLoader.load(BrokerConnector.class).findFirst())
        .get()
        .isInstanceOf(KafkaConnector.class);
  }

  @Test
  void connectsThoughNobodyListens() {
    new KafkaConnector()
        .connect(settings("127.0.0.1:1", "compression.type=gzip", "acks=1"))
        .close(Duration.ZERO);
  }

  /** A password is in a file, not on the command line; a value that cannot be shows it was read. */
  @Test
  void valuesAreReadFromFiles(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("size"), "many");
    assertThatThrownBy(() ->
            new KafkaConnector()
                .connect(
                    settings(
                        "127.0.0.1:1",
                        "config.providers=dir",
                        "config.providers.dir.class="
                            + "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
                        "batch.size=${dir:" + folder + ":size}")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("Invalid value many for configuration batch.size");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          compresion.type=gzip | --kafka-option compresion.type is not a setting of Kafka's producer
          compression.type=zstd | --kafka-option compression.type: 'zstd' is not supported; use none or gzip
          max.block.ms=5 | --kafka-option max.block.ms cannot be set
          batch.size=many | --kafka: Invalid value many for configuration batch.size
          security.protocol=TLS | --kafka: Invalid value TLS for configuration security.protocol
          delivery.timeout.ms=1 | --kafka: delivery.timeout.ms should be equal to or larger than
          """)
  void saysInOneLineWhichOptionIsWrong(String option, String line) {
    assertThatThrownBy(() -> new KafkaConnector().connect(settings("127.0.0.1:1", option)))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(line)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "127.0.0.1:port", "'127.0.0.1:1,x'", "host.invalid:9092"})
  void saysInOneLineWhichBrokerIsWrong(String brokers) {
    assertThatThrownBy(() -> new KafkaConnector().connect(settings(brokers)))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("--kafka: ")
        .hasMessageContaining("bootstrap");
  }

  private static BrokerSettings settings(String brokers, String... options) {
    return BrokerSettings.of(brokers, BrokerSettings.TOPIC_DEFAULT, List.of(options));
  }
}
