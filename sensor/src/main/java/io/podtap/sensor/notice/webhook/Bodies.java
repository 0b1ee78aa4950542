/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.webhook;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.text.JsonStrings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A notice as the body of a request.
 *
 * @see "CloudEvents 1.0.2 JSON format; Alertmanager API v2, postableAlerts"
 */
final class Bodies {

  private static final long NS_PER_SECOND = 1_000_000_000L;

  private Bodies() {}

  /** Returns the content type of a format. */
  static String contentType(WebhookSettings.Format format) {
    return switch (format) {
      case CLOUDEVENTS -> "application/cloudevents+json; charset=utf-8";
      case ALERTMANAGER -> "application/json";
    };
  }

  /**
   * Writes a notice.
   *
   * @param number of the notice in this program's run, for its id
   */
  static byte[] of(WebhookSettings.Format format, Notice notice, String run, long number) {
    StringBuilder out = new StringBuilder(512);
    switch (format) {
      case CLOUDEVENTS -> cloudEvent(out, notice, run, number);
      case ALERTMANAGER -> alert(out, notice);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String time(Notice notice) {
    return Instant.ofEpochSecond(
            Math.floorDiv(notice.timeNs(), NS_PER_SECOND),
            Math.floorMod(notice.timeNs(), NS_PER_SECOND))
        .toString();
  }

  private static void cloudEvent(StringBuilder out, Notice notice, String run, long number) {
    out.append("{\"specversion\":\"1.0\"");
    member(out, "id", run + '-' + number);
    member(out, "source", "/podtap/sensor");
    member(out, "type", "io.podtap.notice." + notice.note().replace("::", "."));
    member(out, "time", time(notice));
    String source = notice.source();
    if (source != null) {
      member(out, "subject", notice.sourceName().isEmpty() ? source : notice.sourceName());
    }
    out.append(",\"datacontenttype\":\"application/json\",\"data\":{\"note\":");
    JsonStrings.append(out, notice.note());
    details(out, notice);
    out.append("}}");
  }

  private static void alert(StringBuilder out, Notice notice) {
    out.append("[{\"labels\":{\"alertname\":");
    JsonStrings.append(out, notice.note());
    member(out, "source", notice.source());
    member(out, "destination", notice.destination());
    named(out, "source_workload", notice.sourceName());
    named(out, "destination_workload", notice.destinationName());
    out.append("},\"annotations\":{\"summary\":");
    JsonStrings.append(out, notice.message());
    member(out, "description", notice.sub());
    member(out, "uid", notice.uid());
    out.append('}');
    member(out, "startsAt", time(notice));
    out.append("}]");
  }

  private static void details(StringBuilder out, Notice notice) {
    member(out, "msg", notice.message());
    member(out, "sub", notice.sub());
    member(out, "src", notice.source());
    member(out, "dst", notice.destination());
    named(out, "src_workload", notice.sourceName());
    named(out, "dst_workload", notice.destinationName());
    member(out, "uid", notice.uid());
    number(out, "p", notice.port());
    number(out, "n", notice.count());
  }

  private static void named(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      member(out, name, value);
    }
  }

  private static void number(StringBuilder out, String name, long value) {
    if (value != LogSchema.UNSET) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }

  private static void member(StringBuilder out, String name, @Nullable String value) {
    if (value != null) {
      out.append(",\"").append(name).append("\":");
      JsonStrings.append(out, value);
    }
  }
}
