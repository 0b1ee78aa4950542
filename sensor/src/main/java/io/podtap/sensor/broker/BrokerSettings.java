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
 * @param key by what records are spread over a topic's partitions
 */
public record BrokerSettings(
    String brokers, String topicPattern, Map<String, String> options, Key key) {

  /** One topic for each log. */
  public static final String TOPIC_DEFAULT = "podtap.{log}";

  private static final String LOG = "{log}";
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  /** What the records of one partition have in common. */
  public enum Key {
    /** The connection. */
    UID,
    /** The originator's workload, or the connection where that is not known. */
    WORKLOAD;

    /** Returns the key that a user calls {@code uid} or {@code workload}. */
    public static Key named(String name) {
      return switch (name) {
        case "uid" -> UID;
        case "workload" -> WORKLOAD;
        default ->
            throw new SettingsException(
                "invalid Kafka key '" + name + "': expected uid or workload");
      };
    }
  }

  /** As above, with records of one connection together. */
  public BrokerSettings(String brokers, String topicPattern, Map<String, String> options) {
    this(brokers, topicPattern, options, Key.UID);
  }

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

  /** Returns the same with another key. */
  public BrokerSettings with(Key other) {
    return new BrokerSettings(brokers, topicPattern, options, other);
  }

  /** Returns the topic of the log of this name. */
  public String topic(String log) {
    return topicPattern.replace(LOG, log);
  }
}
