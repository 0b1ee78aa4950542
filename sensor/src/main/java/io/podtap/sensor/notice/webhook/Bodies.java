/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.webhook;

import static io.podtap.sensor.notice.text.JsonBody.member;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.text.JsonBody;
import java.time.Instant;
import tools.jackson.core.JsonGenerator;

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
    return JsonBody.of(json -> {
      switch (format) {
        case CLOUDEVENTS -> cloudEvent(json, notice, run + '-' + number);
        case ALERTMANAGER -> alert(json, notice);
      }
    });
  }

  private static String time(Notice notice) {
    return Instant.ofEpochSecond(
            Math.floorDiv(notice.timeNs(), NS_PER_SECOND),
            Math.floorMod(notice.timeNs(), NS_PER_SECOND))
        .toString();
  }

  private static void cloudEvent(JsonGenerator json, Notice notice, String id) {
    json.writeStartObject();
    member(json, "specversion", "1.0");
    member(json, "id", id);
    member(json, "source", "/podtap/sensor");
    member(json, "type", "io.podtap.notice." + notice.note().replace("::", "."));
    member(json, "time", time(notice));
    member(json, "subject", notice.sourceName().isEmpty() ? notice.source() : notice.sourceName());
    member(json, "datacontenttype", "application/json");
    json.writeObjectPropertyStart("data");
    member(json, "note", notice.note());
    member(json, "msg", notice.message());
    member(json, "sub", notice.sub());
    member(json, "src", notice.source());
    member(json, "dst", notice.destination());
    member(json, "src_workload", notice.sourceName());
    member(json, "dst_workload", notice.destinationName());
    member(json, "uid", notice.uid());
    number(json, "p", notice.port());
    number(json, "n", notice.count());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void alert(JsonGenerator json, Notice notice) {
    json.writeStartArray();
    json.writeStartObject();
    json.writeObjectPropertyStart("labels");
    member(json, "alertname", notice.note());
    member(json, "source", notice.source());
    member(json, "destination", notice.destination());
    member(json, "source_workload", notice.sourceName());
    member(json, "destination_workload", notice.destinationName());
    json.writeEndObject();
    json.writeObjectPropertyStart("annotations");
    member(json, "summary", notice.message());
    member(json, "description", notice.sub());
    member(json, "uid", notice.uid());
    json.writeEndObject();
    member(json, "startsAt", time(notice));
    json.writeEndObject();
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, String name, long value) {
    if (value != LogSchema.UNSET) {
      json.writeNumberProperty(name, value);
    }
  }
}
