/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.text.JsonText;
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
    JsonText.append(out, "podtap-");
    out.append(",\"namespace\":");
    JsonText.append(out, pod.namespace());
    out.append("},\"involvedObject\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"namespace\":");
    JsonText.append(out, pod.namespace());
    out.append(",\"name\":");
    JsonText.append(out, pod.name());
    out.append(",\"uid\":");
    JsonText.append(out, pod.uid());
    out.append("},\"type\":\"Warning\",\"count\":1,\"reason\":");
    JsonText.append(out, reason(notice.note()));
    out.append(",\"message\":");
    JsonText.append(out, message(notice));
    out.append(",\"source\":{\"component\":\"podtap-sensor\",\"host\":");
    JsonText.append(out, sensor);
    out.append("},\"firstTimestamp\":");
    JsonText.append(out, time);
    out.append(",\"lastTimestamp\":");
    JsonText.append(out, time);
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
