/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

import io.podtap.core.config.SettingsException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where records go.
 *
 * @param brokers host and port of some brokers, separated by commas
 * @param topicPattern name of a log's topic, with {@code {log}} where the log's name stands
 * @param options settings of the client, by its own names
 */
public record BrokerSettings(String brokers, String topicPattern, Map<String, String> options) {

  /** One topic for each log. */
  public static final String TOPIC_DEFAULT = "podtap.{log}";

  private static final String LOG = "{log}";
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  public BrokerSettings {
    if (!TOPIC.matcher(topicPattern.replace(LOG, "log")).matches()) {
      throw new SettingsException(
          "Kafka topic '"
              + topicPattern
              + "' is invalid: up to 200 letters, digits, '.', '_', '-' and {log}");
    }
    options = Map.copyOf(options);
  }

  /**
   * Reads options as a user writes them.
   *
   * @param assignments each {@code key=value}
   * @throws SettingsException when one is not, or a key comes twice
   */
  public static BrokerSettings of(String brokers, String topicPattern, List<String> assignments) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new SettingsException("Kafka option '" + assignment + "' is not key=value");
      }
      String key = assignment.substring(0, equals).strip();
      if (options.put(key, assignment.substring(equals + 1).strip()) != null) {
        throw new SettingsException("Kafka option '" + key + "' is a duplicate");
      }
    }
    return new BrokerSettings(brokers, topicPattern, options);
  }

  /** Returns the topic of the log of this name. */
  public String topic(String log) {
    return topicPattern.replace(LOG, log);
  }
}
