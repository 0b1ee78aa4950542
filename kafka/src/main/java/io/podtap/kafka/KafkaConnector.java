/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.broker.BrokerClient;
import io.podtap.sensor.broker.BrokerConnector;
import io.podtap.sensor.broker.BrokerSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes a producer of what a user asked for, or says in one line what is wrong with it. */
public final class KafkaConnector implements BrokerConnector {

  /** A record is tried for so long; Kafka's own two minutes would outlast most buffers. */
  private static final int DELIVERY_MS = 60_000;

  /** The sender looks around so often while the broker is away. */
  private static final int BLOCK_MS = 1_000;

  /** The producer's share of the memory, beside the outbox: several batches for each partition. */
  private static final int MEMORY_BYTES = 8 << 20;

  /** Collects records so long, for batches that are worth a request. */
  private static final int LINGER_MS = 50;

  /** Where values come from that no command line is to show, such as {@code ${file:PATH:KEY}}. */
  private static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG;

  /** Not a user's: the records are bytes, and where they go is said elsewhere. */
  private static final Set<String> OURS =
      Set.of(
          ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG);

  @Override
  public BrokerClient connect(BrokerSettings settings) {
    settings.options().forEach(KafkaConnector::requireKnown);
    try {
      return new KafkaClient(
          new KafkaProducer<>(
              configuration(settings), new ByteArraySerializer(), new ByteArraySerializer()));
    } catch (KafkaException e) {
      throw new SettingsException("--kafka: " + FailureReason.of(e), e);
    }
  }

  private static void requireKnown(String key, String value) {
    if (OURS.contains(key)) {
      throw new SettingsException("--kafka-option " + key + " cannot be set");
    }
    if (!ProducerConfig.configNames().contains(key) && !isOfProviders(key)) {
      throw new SettingsException(
          "--kafka-option " + key + " is not a setting of Kafka's producer");
    }
    if (key.equals(ProducerConfig.COMPRESSION_TYPE_CONFIG)
        && !Set.of("none", "gzip").contains(value)) {
      throw new SettingsException(
          "--kafka-option " + key + ": '" + value + "' is not supported; use none or gzip");
    }
  }

  /** Returns whether a setting says where values of others come from. */
  public static boolean isOfProviders(String key) {
    return key.startsWith(PROVIDERS);
  }

  private static Map<String, Object> configuration(BrokerSettings settings) {
    Map<String, Object> configuration = new HashMap<>();
    configuration.put(ProducerConfig.CLIENT_ID_CONFIG, "podtap");
    configuration.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
    configuration.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MS);
    configuration.put(ProducerConfig.BUFFER_MEMORY_CONFIG, MEMORY_BYTES);
    configuration.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, ""); // no JMX
    configuration.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    configuration.putAll(settings.options());
    configuration.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers());
    configuration.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MS);
    return configuration;
  }
}
