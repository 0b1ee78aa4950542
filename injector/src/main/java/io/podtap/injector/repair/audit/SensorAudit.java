/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether taps have a sensor: asked of their metrics through the API server's proxy to pods, as far
 * as they serve any and it may be asked. What cannot be told is counted, by namespace. One thread.
 */
public final class SensorAudit {

  private static final String METRIC = "podtap_tap_sensors ";
  private static final String VARIABLE = "PODTAP_METRICS";

  /** Pods that do not answer cost seconds each. */
  private static final int FAILURES_MAX = 3;

  private static final int FORBIDDEN = 403;

  private final ApiRequests api;
  private int left;
  private int failures;
  private String silence = "";
  private long unknown;
  private String why = "";

  /**
   * @param asksMax how many taps are asked at most
   */
  SensorAudit(ApiRequests api, int asksMax) {
    this.api = api;
    left = asksMax;
  }

  /** Asks the tap of a pod, when it runs; a finding when it has no sensor. */
  Optional<Finding> ask(Map<String, @Nullable Object> pod) {
    if (TapHealth.runningImage(pod).isEmpty()) {
      return Optional.empty();
    }
    int port = port(pod);
    if (port == 0) {
      return unknown("it serves no metrics");
    }
    if (!silence.isEmpty()) {
      return unknown(silence);
    }
    if (left == 0) {
      return unknown("not more taps are asked (--sensors)");
    }
    left--;
    return answer(pod, port);
  }

  private Optional<Finding> answer(Map<String, @Nullable Object> pod, int port) {
    String name = Tree.text(pod, "metadata", "name");
    String path =
        ApiPath.inNamespace(
            Tree.text(pod, "metadata", "namespace"), "pods", name + ':' + port, "proxy", "metrics");
    try {
      ClusterApi.Answer answer = api.get(path);
      if (answer.status() == FORBIDDEN) {
        silence = "get pods/proxy is not allowed";
        return unknown(silence);
      }
      if (answer.isGood()) {
        failures = 0;
        return sensors(pod, Tree.text(answer.object(), "message"));
      }
      return failed("pod " + name + " does not serve its metrics: " + answer.status());
    } catch (IOException e) {
      return failed("pod " + name + " does not answer");
    }
  }

  private Optional<Finding> sensors(Map<String, @Nullable Object> pod, String metrics) {
    Optional<String> line = metrics.lines().filter(one -> one.startsWith(METRIC)).findFirst();
    if (line.isEmpty()) {
      return unknown("what answers is not a tap");
    }
    return line.get().substring(METRIC.length()).strip().equals("0")
        ? Optional.of(
            Finding.ofPod(
                pod, Finding.State.BROKEN, "no-sensor", "its tap runs and has found no sensor"))
        : Optional.empty();
  }

  private Optional<Finding> failed(String text) {
    failures++;
    if (failures >= FAILURES_MAX) {
      silence = text + "; no more are asked";
    }
    return unknown(text);
  }

  private Optional<Finding> unknown(String text) {
    unknown++;
    why = text;
    return Optional.empty();
  }

  /** Returns in one finding what could not be told since it was last called. */
  Optional<Finding> rest(String namespace) {
    long count = unknown;
    unknown = 0;
    return count == 0
        ? Optional.empty()
        : Optional.of(
            new Finding(
                namespace,
                "Namespace",
                namespace,
                "",
                Finding.State.UNKNOWN,
                "sensor-unknown",
                "whether they have a sensor cannot be told of " + count + " taps: " + why,
                Instant.EPOCH,
                Reference.NOBODY));
  }

  /** Returns the port of the tap's metrics, 0 for none. */
  private static int port(Map<String, @Nullable Object> pod) {
    for (String list : List.of("initContainers", "containers")) {
      for (Object container : Tree.list(Tree.at(pod, "spec", list))) {
        if (Tree.text(container, "name").equals(WellKnownNames.CONTAINER)) {
          return port(Tree.list(Tree.at(container, "env")));
        }
      }
    }
    return 0;
  }

  private static int port(List<@Nullable Object> environment) {
    for (Object variable : environment) {
      if (Tree.text(variable, "name").equals(VARIABLE)) {
        try {
          int port = Integer.parseInt(Tree.text(variable, "value"));
          MetricsPort.require(port);
          return port;
        } catch (NumberFormatException | SettingsException e) {
          return 0;
        }
      }
    }
    return MetricsPort.DEFAULT;
  }
}
