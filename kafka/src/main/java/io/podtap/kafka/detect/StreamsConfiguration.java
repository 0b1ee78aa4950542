/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.core.config.SettingsException;
import io.podtap.kafka.KafkaConnector;
import io.podtap.sensor.detect.DetectSettings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Makes the configuration of Kafka Streams and its clients from what a user asked for. */
final class StreamsConfiguration {

  /** Notices are visible so long after their cause. */
  private static final int COMMIT_MS = 500;

  /** Topics that come into being are found within this time. */
  private static final int METADATA_MS = 30_000;

  /** A crashed instance's transaction ends after this time; it holds up its partitions so long. */
  private static final int TRANSACTION_MS = 10_000;

  /** What the work depends on. */
  private static final Set<String> OURS =
      Set.of(
          StreamsConfig.APPLICATION_ID_CONFIG,
          StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
          StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
          StreamsConfig.NUM_STREAM_THREADS_CONFIG,
          StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
          StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG);

  private StreamsConfiguration() {}

  /**
   * Returns the configuration of Kafka Streams.
   *
   * @throws SettingsException when an option is not known, or cannot be set
   */
  static Properties streams(DetectSettings settings) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MS);
    properties.put(StreamsConfig.METADATA_MAX_AGE_CONFIG, METADATA_MS);
    properties.put(StreamsConfig.CLIENT_ID_CONFIG, settings.application());
    properties.put(StreamsConfig.METRIC_REPORTER_CLASSES_CONFIG, ""); // no JMX
    properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), TRANSACTION_MS);
    Set<String> known = known();
    settings
        .broker()
        .options()
        .forEach((key, value) -> {
          if (OURS.contains(key)) {
            throw new SettingsException("--kafka-option " + key + " cannot be set");
          }
          if (!known.contains(bare(key)) && !KafkaConnector.isOfProviders(key)) {
            throw new SettingsException(
                "--kafka-option " + key + " is not a setting of Kafka Streams or its clients");
          }
          properties.put(key, value);
        });
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.application());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.broker().brokers());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    return properties;
  }

  /** Returns the options that every client takes: those that say how brokers are reached. */
  static Map<String, Object> client(DetectSettings settings) {
    Map<String, Object> configuration = new HashMap<>();
    settings
        .broker()
        .options()
        .forEach((key, value) -> {
          if (AdminClientConfig.configNames().contains(key) || KafkaConnector.isOfProviders(key)) {
            configuration.put(key, value);
          }
        });
    configuration.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.broker().brokers());
    configuration.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    configuration.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    return configuration;
  }

  private static Set<String> known() {
    Set<String> known = new HashSet<>(StreamsConfig.configDef().names());
    known.addAll(ConsumerConfig.configNames());
    known.addAll(ProducerConfig.configNames());
    known.addAll(AdminClientConfig.configNames());
    return known;
  }

  /** Returns a setting without the client that it is for. */
  private static String bare(String key) {
    for (String prefix :
        new String[] {
          "main.consumer.", "restore.consumer.", "consumer.", "producer.", "admin.", "topic."
        }) {
      if (key.startsWith(prefix)) {
        return key.substring(prefix.length());
      }
    }
    return key;
  }
}
