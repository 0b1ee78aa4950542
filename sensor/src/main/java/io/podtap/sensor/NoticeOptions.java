/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.sensor.detect.DetectionOptions;
import io.podtap.sensor.notice.NoticeAction;
import io.podtap.sensor.notice.NoticeSettings;
import io.podtap.sensor.notice.NoticeSink;
import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.notice.catalog.Detections;
import io.podtap.sensor.notice.events.NoticeEvents;
import io.podtap.sensor.notice.events.PodLookup;
import io.podtap.sensor.notice.webhook.NoticeWebhook;
import io.podtap.sensor.notice.webhook.WebhookSettings;
import io.podtap.sensor.sink.LogSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that detects. */
final class NoticeOptions {

  @Option(
      names = "--notices",
      description =
          "Write notice.log and what is known of hosts, services, certificates and software.")
  private boolean notices;

  @Mixin private DetectionOptions detections = new DetectionOptions();

  @Option(
      names = "--notice-webhook",
      paramLabel = "URL",
      description = "Send every notice to this address.")
  private String webhook = "";

  @Option(
      names = "--notice-webhook-format",
      defaultValue = "cloudevents",
      paramLabel = "cloudevents|alertmanager",
      description = "Format of what is sent to it (default: ${DEFAULT-VALUE}).")
  private String webhookFormat = "cloudevents";

  /** Who may write Kubernetes Events; null where none are wanted. */
  private @Nullable ServiceAccount eventsBy;

  /** Has every notice about a pod written as an Event in the pod's namespace. */
  void writeEvents(ServiceAccount account) {
    eventsBy = account;
  }

  /**
   * Returns a sink with detections in front of the target, or the target when none are wanted.
   *
   * @param target makes the sink of records; called after the options were checked
   * @param log takes one line for each problem
   * @throws SettingsException when an option is invalid
   */
  LogSink in(Supplier<LogSink> target, WorkloadNames names, Consumer<String> log) {
    boolean wanted = notices || detections.isAnyGiven();
    if (!wanted) {
      if (detections.hasExceptions() || !webhook.isEmpty() || eventsBy != null) {
        throw new SettingsException(
            "--notice-exceptions, --notice-webhook and --notice-events require --notices");
      }
      return target.get();
    }
    NoticeSettings settings = detections.read();
    WebhookSettings sent = webhook.isEmpty() ? null : WebhookSettings.of(webhook, webhookFormat);
    if (eventsBy != null && !(names instanceof PodLookup)) {
      throw new SettingsException("--notice-events requires --identity api or reports");
    }
    List<NoticeAction> actions = new ArrayList<>();
    if (sent != null) {
      actions.add(NoticeWebhook.start(sent, log));
    }
    if (eventsBy != null && names instanceof PodLookup pods) {
      String sensor = System.getenv().getOrDefault("HOSTNAME", "");
      actions.add(NoticeEvents.start(eventsBy, pods, sensor, log));
    }
    LogSink sink = target.get();
    return new NoticeSink(
        sink, new NoticeStage(Detections.all(), settings, sink.another(), names, actions));
  }
}
