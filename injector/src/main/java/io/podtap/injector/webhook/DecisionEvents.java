/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.agent.Threads;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.text.PlainText;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.EventLog;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the cluster what was decided, as events of the pod's controller: {@code kubectl describe}
 * and {@code kubectl events} show them. A pod that is being created has no uid yet, so one that has
 * no controller gets none; who creates it sees the warning.
 *
 * <p>Reviews only put into a bounded queue; a thread of its own writes. One event for each
 * controller and decision in an hour.
 */
public final class DecisionEvents implements AutoCloseable {

  /** Events, by what became of them. */
  static final MetricGroup<DecisionEvents> METRICS =
      MetricGroup.<DecisionEvents>of("podtap_webhook_", "events, with --events", "")
          .counters("events", "result", "Events about decisions, by outcome.")
          .value("written", events -> events.written.sum())
          .value("failed", events -> events.failed.sum())
          .value("dropped", events -> events.dropped.sum())
          .value("refused", events -> events.refused.sum())
          .build();

  private static final String COMPONENT = "podtap-webhook";
  private static final int WAITING_MAX = 256;
  private static final int TOLD_MAX = 4_096;
  private static final Duration AGAIN = Duration.ofHours(1);
  private static final long JOIN_MS = 2_000;
  private static final int TEXT_LENGTH_MAX = 300;

  // What an owner may be called. See k8s.io/apimachinery/pkg/util/validation.
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern API_VERSION =
      Pattern.compile("[a-z0-9][-.a-z0-9]{0,252}(/[a-z0-9]{1,63})?");
  private static final Pattern KIND = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,62}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.:a-z0-9]{0,251}[a-z0-9])?");
  private static final Pattern UID = Pattern.compile("[-A-Za-z0-9]{1,64}");

  /** An event that waits to be written. */
  private record Notice(Map<String, String> about, String type, String reason, String text) {}

  /** Oldest first. */
  private static final class Told extends LinkedHashMap<String, Instant> {

    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
      return size() > TOLD_MAX;
    }
  }

  private final EventLog log;
  private final PrintStream problems;
  private final Clock clock;
  private final BlockingQueue<Notice> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Map<String, Instant> told = new Told();
  private final LongAdder written = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final EventRate rate = new EventRate();
  private final Thread thread;
  private String said = "";

  private DecisionEvents(ClusterApi api, PrintStream problems, Clock clock) {
    log = new EventLog(api, COMPONENT);
    this.problems = problems;
    this.clock = clock;
    thread = Threads.unstarted("webhook-events", this::run);
  }

  /**
   * Begins to write.
   *
   * @param problems told once of each way in which events cannot be written
   */
  public static DecisionEvents start(ClusterApi api, PrintStream problems) {
    return start(api, problems, Clock.systemUTC());
  }

  /** As {@link #start}, by another clock. */
  static DecisionEvents start(ClusterApi api, PrintStream problems, Clock clock) {
    DecisionEvents events = new DecisionEvents(api, problems, clock);
    events.thread.start();
    return events;
  }

  /** Takes a decision, unless nobody asked for a tap or the pod is not really made; any thread. */
  void take(@Nullable Object review, Admission.Answer answer) {
    Map<String, @Nullable Object> request = Tree.map(Tree.at(review, "request"));
    if (answer.text().isEmpty()
        || answer.decision().equals(Reason.SYSTEM_NAMESPACE.word())
        || Boolean.TRUE.equals(request.get("dryRun"))) {
      return;
    }
    String namespace = Tree.text(request, "namespace");
    String its = Tree.text(request, "object", "metadata", "namespace");
    if (!NAMESPACE.matcher(namespace).matches() || !(its.isEmpty() || its.equals(namespace))) {
      refused.increment();
      return;
    }
    for (Object owner : Tree.list(Tree.at(request, "object", "metadata", "ownerReferences"))) {
      if (!Boolean.TRUE.equals(Tree.at(owner, "controller"))) {
        continue;
      }
      if (!isOwner(owner)) {
        refused.increment();
        return;
      }
      if (isNews(namespace + ' ' + Tree.text(owner, "uid") + ' ' + answer.decision())) {
        if (rate.allows(namespace, clock.instant())) {
          offer(about(owner, namespace), answer);
        } else {
          dropped.increment();
        }
      }
      return; // a pod has one controller
    }
  }

  /** Nodes own the pods of their files, and are in no namespace. */
  private static boolean isOwner(@Nullable Object owner) {
    return API_VERSION.matcher(Tree.text(owner, "apiVersion")).matches()
        && KIND.matcher(Tree.text(owner, "kind")).matches()
        && !Tree.text(owner, "kind").equals("Node")
        && NAME.matcher(Tree.text(owner, "name")).matches()
        && UID.matcher(Tree.text(owner, "uid")).matches();
  }

  private static Map<String, String> about(@Nullable Object owner, String namespace) {
    return Map.of(
        "apiVersion", Tree.text(owner, "apiVersion"),
        "kind", Tree.text(owner, "kind"),
        "name", Tree.text(owner, "name"),
        "uid", Tree.text(owner, "uid"),
        "namespace", namespace);
  }

  private synchronized boolean isNews(String what) {
    Instant now = clock.instant();
    Instant before = told.get(what);
    if (before != null && before.plus(AGAIN).isAfter(now)) {
      return false;
    }
    told.remove(what);
    told.put(what, now);
    return true;
  }

  private void offer(Map<String, String> about, Admission.Answer answer) {
    boolean isInjected = answer.decision().equals(Admission.INJECTED);
    Notice notice =
        new Notice(
            about,
            isInjected ? "Normal" : "Warning",
            isInjected ? "TapInjected" : "NoTap",
            PlainText.of(answer.text(), TEXT_LENGTH_MAX));
    if (!waiting.offer(notice)) {
      dropped.increment();
    }
  }

  private void run() {
    try {
      while (true) {
        write(waiting.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Notice notice) {
    try {
      log.write(notice.about(), notice.type(), notice.reason(), notice.text(), clock.instant());
      written.increment();
      said = "";
    } catch (IOException e) {
      failed.increment();
      String problem = String.valueOf(e.getMessage());
      if (!problem.equals(said)) {
        problems.println("podtap: event: " + problem);
        said = problem;
      }
    }
  }

  /** Adds the counters. */
  void metrics(MetricsText text) {
    text.add(METRICS.read(this));
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(JOIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
