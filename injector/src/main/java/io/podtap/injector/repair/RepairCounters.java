/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricsText;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Setback;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the controller found and did; any thread. */
final class RepairCounters {

  private static final String PREFIX = "podtap_repair_";

  private static final MetricGroup<RepairCounters> STATE =
      MetricGroup.<RepairCounters>of(PREFIX, "repair", "")
          .flag("leader", "Whether this replica acts.", counters -> counters.isLeader)
          .flag(
              "problem",
              "Whether the API server refuses or is away, or repair has stopped; the log says why.",
              counters -> !counters.problem().isEmpty())
          .flag("under_way", "Whether an owner is being repaired.", counters -> counters.isBusy)
          .build();

  private static final MetricGroup<Map.Entry<List<String>, Long>> PODS =
      MetricGroup.<Map.Entry<List<String>, Long>>of(PREFIX, "pods and owners found", "")
          .label("state", "", "What is wrong.", one -> one.getKey().getFirst())
          .label("reason", "", "Why.", one -> one.getKey().getLast())
          .gauge("pods", "Pods and owners that have no working tap, and why.", Map.Entry::getValue)
          .build();

  private static final MetricGroup<Map<String, Long>> OWNERS =
      MetricGroup.<Map<String, Long>>of(PREFIX, "owners left alone", "")
          .gauges("owners", "reason", "Owners that are left alone, and why.")
          .values("", counts -> counts)
          .build();

  private static final MetricGroup<Map.Entry<List<String>, LongAdder>> ACTIONS =
      MetricGroup.<Map.Entry<List<String>, LongAdder>>of(PREFIX, "what was done", "")
          .label("action", "", "What was done.", one -> one.getKey().getFirst())
          .label("result", "", "How it ended.", one -> one.getKey().getLast())
          .counter("actions", "Repairs, by how they ended.", one -> one.getValue().sum())
          .build();

  /** What is counted of repair. */
  static final List<MetricGroup<?>> METRICS = List.of(STATE, PODS, OWNERS, ACTIONS);

  private final Map<List<String>, LongAdder> actions = new ConcurrentHashMap<>();
  private volatile Map<List<String>, Long> findings = Map.of();
  private volatile Map<String, Long> owners = Map.of();
  private volatile boolean isBusy;
  private volatile boolean isLeader;
  private volatile String problem = "";
  private volatile String halt = "";

  void leader(boolean leads) {
    isLeader = leads;
    if (!leads) {
      findings = Map.of(); // the leader tells them
      owners = Map.of();
      isBusy = false;
    }
  }

  void found(List<Finding> present) {
    Map<List<String>, Long> counts = new LinkedHashMap<>();
    for (Finding finding : present) {
      counts.merge(List.of(finding.state().word(), finding.reason()), 1L, Long::sum);
    }
    findings = counts;
  }

  /**
   * States which owners are left alone.
   *
   * @param underWay whether one is being repaired
   */
  void left(Collection<Setback> setbacks, boolean underWay) {
    Map<String, Long> counts = new TreeMap<>();
    setbacks.forEach(one -> counts.merge(one.reason(), 1L, Long::sum));
    owners = counts;
    isBusy = underWay;
  }

  /**
   * Counts a repair.
   *
   * @param action {@code restart}, {@code evict}, {@code undo} or {@code exempt}
   * @param result {@code done}, {@code budget}, {@code refused}, {@code gave-up} or {@code failed}
   */
  void count(String action, String result) {
    actions.computeIfAbsent(List.of(action, result), _ -> new LongAdder()).increment();
  }

  void problem(String text) {
    problem = text;
  }

  /** States why nothing is repaired at present, or an empty text. */
  void halt(String text) {
    halt = text;
  }

  /** Returns what is wrong, or an empty text. */
  String problem() {
    return problem.isEmpty() ? halt : problem;
  }

  /** Adds the counters. */
  void metrics(MetricsText text) {
    text.add(STATE.read(this))
        .add(findings.entrySet().stream().map(PODS::read).toList())
        .add(OWNERS.read(owners))
        .add(actions.entrySet().stream().map(ACTIONS::read).toList());
  }
}
