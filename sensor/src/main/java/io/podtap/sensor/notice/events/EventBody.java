/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.text.JsonStrings;
import java.nio.charset.StandardCharsets;
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
    StringBuilder out = new StringBuilder(512);
    out.append("{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"generateName\":");
    JsonStrings.append(out, "podtap-");
    out.append(",\"namespace\":");
    JsonStrings.append(out, pod.namespace());
    out.append("},\"involvedObject\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"namespace\":");
    JsonStrings.append(out, pod.namespace());
    out.append(",\"name\":");
    JsonStrings.append(out, pod.name());
    out.append(",\"uid\":");
    JsonStrings.append(out, pod.uid());
    out.append("},\"type\":\"Warning\",\"count\":1,\"reason\":");
    JsonStrings.append(out, reason(notice.note()));
    out.append(",\"message\":");
    JsonStrings.append(out, message(notice));
    out.append(",\"source\":{\"component\":\"podtap-sensor\",\"host\":");
    JsonStrings.append(out, sensor);
    out.append("},\"firstTimestamp\":");
    JsonStrings.append(out, time);
    out.append(",\"lastTimestamp\":");
    JsonStrings.append(out, time);
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
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
