/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.Endpoint;
import io.podtap.core.kubernetes.ApiException;
import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.report.Counters;
import io.podtap.core.text.PlainText;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What discovery has found out, and the two places where others pick it up: the newest list of
 * sensors, and the status. Written by discovery's thread.
 */
final class Findings {

  private static final int NAMED_MAX = 4;

  private final SensorTarget target;
  private final SensorChoice choice;
  private final Consumer<String> log;
  private final Counters<ApiFailure> failures = new Counters<>(ApiFailure.class);
  private final AtomicReference<@Nullable SensorSet> newest = new AtomicReference<>();
  private SensorSet sensors = new SensorSet(List.of(), false);
  private int ready;
  private boolean following;
  private long syncedNs;
  private long requests;
  private String problem = "";
  private volatile DiscoveryStatus status;
  private volatile boolean closed;

  Findings(SensorTarget target, SensorChoice choice, Consumer<String> log) {
    this.target = target;
    this.choice = choice;
    this.log = log;
    status = published();
  }

  /** Counts a list, watch or lookup that begins. */
  void request() {
    requests++;
  }

  /** The sensors are these; the list is handed on when it has changed. */
  void found(Collection<Candidate> candidates) {
    boolean first = syncedNs == 0;
    SensorSet chosen = choice.set(candidates);
    ready = (int) candidates.stream().map(Candidate::id).distinct().count();
    boolean changed = !chosen.equals(sensors);
    sensors = chosen;
    synced();
    if (changed || first) {
      say(description(sensors.endpoints(), ready));
    }
    if (changed) {
      newest.set(chosen);
    }
  }

  /** Writes one line: names and messages of servers may hold control characters. */
  private void say(String text) {
    log.accept("podtap: " + target.text() + ": " + PlainText.of(text, Integer.MAX_VALUE));
  }

  /** Names a few of the sensors. */
  static String description(List<Endpoint> sensors, int ready) {
    if (sensors.isEmpty()) {
      return "no sensor is ready";
    }
    StringBuilder text = new StringBuilder();
    for (Endpoint one : sensors.subList(0, Math.min(sensors.size(), NAMED_MAX))) {
      text.append(text.isEmpty() ? "" : ",").append(one);
    }
    if (sensors.size() > NAMED_MAX) {
      text.append(" and ").append(sensors.size() - NAMED_MAX).append(" more");
    }
    return text.append("; ").append(ready).append(" ready").toString();
  }

  /** The set is known to be current at this moment. */
  void synced() {
    syncedNs = Math.max(System.nanoTime(), 1);
    status = published();
  }

  /** From now on changes are told; what was wrong is over. */
  void following() {
    following = true;
    if (!problem.isEmpty()) {
      problem = "";
      say("current again");
    }
    synced();
  }

  /** What ends from now on is meant to, and not a failure. Any thread. */
  void close() {
    closed = true;
  }

  /** Something is wrong; each thing is said once until another is. */
  void failed(ApiException failure) {
    if (closed) {
      return;
    }
    failures.add(failure.failure());
    following = false;
    if (failure.failure() != ApiFailure.EXPIRED && !failure.line().equals(problem)) {
      problem = failure.line();
      say(problem);
    }
    status = published();
  }

  void tooMany() {
    failures.add(ApiFailure.TOO_MANY);
  }

  private DiscoveryStatus published() {
    return new DiscoveryStatus(
        target.text(),
        sensors.endpoints(),
        ready,
        following,
        syncedNs,
        requests,
        failures.toMap(),
        problem);
  }

  /** Returns the newest list once. Any thread. */
  @Nullable SensorSet poll() {
    return newest.get() == null ? null : newest.getAndSet(null);
  }

  /** Any thread. */
  DiscoveryStatus status() {
    return status;
  }
}
