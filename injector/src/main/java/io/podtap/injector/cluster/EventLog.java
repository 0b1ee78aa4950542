/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events that {@code kubectl describe} shows.
 *
 * @param component who writes them
 * @see "Kubernetes API, Event v1 core"
 */
public record EventLog(ApiRequests api, String component) {

  private static final int MESSAGE_LENGTH_MAX = 1_000;

  /**
   * Writes one event.
   *
   * @param about what it is about, with apiVersion, kind, namespace, name and uid
   * @param type {@code Normal} or {@code Warning}
   * @throws RefusedException naming the missing rule
   */
  public void write(
      Map<String, String> about, String type, String reason, String message, Instant now)
      throws IOException {
    String namespace = about.getOrDefault("namespace", "");
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("metadata", Map.of("generateName", "podtap-", "namespace", namespace));
    event.put("involvedObject", about);
    event.put("type", type);
    event.put("reason", reason);
    event.put("message", message.substring(0, Math.min(message.length(), MESSAGE_LENGTH_MAX)));
    event.put("source", Map.of("component", component));
    event.put("firstTimestamp", time);
    event.put("lastTimestamp", time);
    event.put("count", 1);
    ClusterApi.Answer answer =
        api.send("POST", ApiPath.inNamespace(namespace, "events"), "application/json", event);
    if (!answer.isGood()) {
      throw new RefusedException("writing an event in " + namespace, answer);
    }
  }
}
