/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.notice.NoticeSettings;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code podtap detect} works with.
 *
 * @param broker where the sensors' records are, in a topic for each log
 * @param notices which detections run, and their options
 * @param application by which instances know that they belong together; begins the names of topics
 *     of their own
 * @param noticeTopic takes the notices
 * @param partitions parts that the work is divided into; as many instances can share it
 * @param threads of this instance
 * @param logs folder of notice.log, or null for none
 */
public record DetectSettings(
    BrokerSettings broker,
    NoticeSettings notices,
    String application,
    String noticeTopic,
    int partitions,
    int threads,
    @Nullable Path logs) {

  /** What {@code --application-id} is unless it is given. */
  public static final String APPLICATION_DEFAULT = "podtap-detect";

  /** Where notices go unless another topic is given. */
  public static final String NOTICE_TOPIC_DEFAULT = "podtap.detected";

  private static final int PARTITIONS_MAX = 1_024;
  private static final int THREADS_MAX = 256;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,150}");

  public DetectSettings {
    if (!broker.topicPattern().contains("{log}")) {
      throw new SettingsException(
          "--kafka-topic '" + broker.topicPattern() + "' does not contain {log}");
    }
    if (!NAME.matcher(application).matches()) {
      throw new SettingsException("invalid --application-id '" + application + "'");
    }
    if (!NAME.matcher(noticeTopic).matches()) {
      throw new SettingsException("invalid --notice-topic '" + noticeTopic + "'");
    }
    if (partitions < 1 || partitions > PARTITIONS_MAX) {
      throw new SettingsException(
          "invalid --partitions " + partitions + ": expected 1 to " + PARTITIONS_MAX);
    }
    if (threads < 1 || threads > THREADS_MAX) {
      throw new SettingsException(
          "invalid --threads " + threads + ": expected 1 to " + THREADS_MAX);
    }
  }
}
