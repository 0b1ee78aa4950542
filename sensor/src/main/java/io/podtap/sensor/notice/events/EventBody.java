/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import static io.podtap.sensor.notice.text.JsonBody.member;

import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.text.JsonBody;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A notice as an Event of a pod. Text that came over the wire is shown as ASCII.
 *
 * @see "Kubernetes API, Event v1 core"
 */
final class EventBody {

  private static final int MESSAGE_LENGTH_MAX = 1_000;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  private EventBody() {}

  /** Returns the body of the request. */
  static byte[] of(Notice notice, PodLookup.Pod pod, String sensor) {
    String time =
        Instant.ofEpochSecond(Math.floorDiv(notice.timeNs(), NS_PER_SECOND))
            .truncatedTo(ChronoUnit.SECONDS)
            .toString();
    return JsonBody.of(json -> {
      json.writeStartObject();
      member(json, "apiVersion", "v1");
      member(json, "kind", "Event");
      json.writeObjectPropertyStart("metadata");
      member(json, "generateName", "podtap-");
      member(json, "namespace", pod.namespace());
      json.writeEndObject();
      json.writeObjectPropertyStart("involvedObject");
      member(json, "apiVersion", "v1");
      member(json, "kind", "Pod");
      member(json, "namespace", pod.namespace());
      member(json, "name", pod.name());
      member(json, "uid", pod.uid());
      json.writeEndObject();
      member(json, "type", "Warning");
      json.writeNumberProperty("count", 1);
      member(json, "reason", reason(notice.note()));
      member(json, "message", message(notice));
      json.writeObjectPropertyStart("source");
      member(json, "component", "podtap-sensor");
      member(json, "host", sensor);
      json.writeEndObject();
      member(json, "firstTimestamp", time);
      member(json, "lastTimestamp", time);
      json.writeEndObject();
    });
  }

  /** Returns a kind as Kubernetes writes reasons: {@code PortScan} of {@code Scan::Port_Scan}. */
  static String reason(String note) {
    StringBuilder out = new StringBuilder();
    boolean isStart = true;
    for (char c : note.substring(note.lastIndexOf(':') + 1).toCharArray()) {
      if (c == '_') {
        isStart = true;
      } else {
        out.append(isStart ? Character.toUpperCase(c) : c);
        isStart = false;
      }
    }
    return out.toString();
  }

  private static String message(Notice notice) {
    StringBuilder out = new StringBuilder(notice.note()).append(": ").append(notice.message());
    String uid = notice.uid();
    if (uid != null) {
      out.append(" (uid ").append(uid).append(')');
    }
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (c < ' ' || c > '~') {
        out.setCharAt(i, '?');
      }
    }
    out.setLength(Math.min(out.length(), MESSAGE_LENGTH_MAX));
    return out.toString();
  }
}
