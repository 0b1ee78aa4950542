/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.config.SettingsException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Labels that select the pods of workloads and services, and the ports of pods behind services: as
 * the user has chosen them, otherwise what all pods of a workload in {@code identity.log} have in
 * common. Nothing is guessed: a selector that selects pods of another workload as well is an error.
 */
final class Selectors {

  /** The field of {@code identity.log}, a list of {@code KEY=VALUE}. */
  static final String LABELS = "labels";

  /** Labels that controllers give to single pods or to one revision. */
  private static final Set<String> OF_ONE_POD =
      Set.of(
          "pod-template-hash",
          "pod-template-generation",
          "controller-revision-hash",
          "controller-uid",
          "job-name",
          "statefulset.kubernetes.io/pod-name",
          "apps.kubernetes.io/pod-index",
          "batch.kubernetes.io/controller-uid",
          "batch.kubernetes.io/job-name",
          "batch.kubernetes.io/job-completion-index");

  private static final Pattern KEY =
      Pattern.compile("([a-z0-9][-.a-z0-9]{0,252}/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?");
  private static final Pattern VALUE =
      Pattern.compile("([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?");
  private static final Pattern PORTS = Pattern.compile("([0-9]{1,5})=([0-9]{1,5})");
  private static final long ENTRY_BYTES = 200;

  private final long bytesMax;
  private final Map<End, SortedMap<String, String>> chosen = new HashMap<>();
  private final Map<End, Map<Integer, Integer>> ports = new HashMap<>();
  private final Map<End, Set<SortedMap<String, String>>> seen = new HashMap<>();
  private long bytes;
  private long beyondLimit;

  Selectors(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes what the user has chosen.
   *
   * @param option {@code [NAMESPACE/KIND/NAME:]KEY=VALUE[,KEY=VALUE...]}
   * @param subject whose labels they are when none is named
   */
  void choose(String option, End subject) {
    int colon = option.indexOf(':');
    End end = colon < 0 ? subject : End.parse(option.substring(0, colon));
    try {
      chosen.put(end, labels(option.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "invalid selector '" + option + "': expected [NAMESPACE/KIND/NAME:]KEY=VALUE[,...]", e);
    }
  }

  /**
   * Takes the port of the pods behind a service.
   *
   * @param option {@code NAMESPACE/Service/NAME:PORT=PORT}
   */
  void choosePort(String option) {
    int colon = option.indexOf(':');
    var numbers = PORTS.matcher(option.substring(colon + 1));
    if (colon < 0 || !numbers.matches()) {
      throw new SettingsException(
          "invalid target port '" + option + "': expected NAMESPACE/Service/NAME:PORT=PORT");
    }
    ports
        .computeIfAbsent(End.parse(option.substring(0, colon)), _ -> new HashMap<>())
        .put(Integer.valueOf(numbers.group(1)), Integer.valueOf(numbers.group(2)));
  }

  /**
   * Takes the labels of a pod out of a record of {@code identity.log} that has them.
   *
   * @throws IllegalArgumentException when a name or a label is invalid
   */
  void learn(Map<String, String> record) {
    String text = record.get(LABELS);
    if (text == null || !"pod".equals(record.get("kind"))) {
      return;
    }
    String name = record.getOrDefault("workload", "");
    String workload =
        name.isEmpty()
            ? "Pod/" + record.getOrDefault("pod", "")
            : record.getOrDefault("workload_kind", "") + '/' + name;
    End end = End.of(record.getOrDefault("namespace", ""), workload, "", "");
    SortedMap<String, String> labels = labels(text.equals("(empty)") ? "" : text);
    labels.keySet().removeAll(OF_ONE_POD);
    Set<SortedMap<String, String>> sets = seen.getOrDefault(end, Set.of());
    if (sets.contains(labels)) {
      return;
    }
    long more = ENTRY_BYTES + text.length() + ENTRY_BYTES * labels.size();
    if (bytes + more > bytesMax) {
      beyondLimit++;
      return;
    }
    bytes += more;
    seen.computeIfAbsent(end, _ -> new HashSet<>()).add(labels);
  }

  /** Returns records with labels that did not fit into the limit. */
  long beyondLimit() {
    return beyondLimit;
  }

  private static SortedMap<String, String> labels(String text) {
    SortedMap<String, String> labels = new TreeMap<>();
    int from = 0;
    while (from < text.length()) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      int equal = text.indexOf('=', from);
      if (equal < 0 || equal > to) {
        throw new IllegalArgumentException("invalid label");
      }
      String key = text.substring(from, equal);
      String value = text.substring(equal + 1, to);
      if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
        throw new IllegalArgumentException("invalid label");
      }
      labels.put(key, value);
      from = to + 1;
    }
    return labels;
  }

  /** Returns whether anything is known of the labels of an end. */
  boolean knows(End end) {
    return chosen.containsKey(end) || seen.containsKey(end);
  }

  /** Returns the labels that select an end's pods, unchecked. */
  Optional<SortedMap<String, String>> find(End end) {
    SortedMap<String, String> labels = chosen.get(end);
    if (labels == null) {
      labels = common(seen.getOrDefault(end, Set.of()));
    }
    return labels.isEmpty() ? Optional.empty() : Optional.of(labels);
  }

  private static SortedMap<String, String> common(Set<SortedMap<String, String>> sets) {
    SortedMap<String, String> common = new TreeMap<>();
    boolean isFirst = true;
    for (SortedMap<String, String> labels : sets) {
      if (isFirst) {
        common.putAll(labels);
      } else {
        common.entrySet().retainAll(labels.entrySet());
      }
      isFirst = false;
    }
    return common;
  }

  /**
   * Returns the labels that select an end's pods and, as far as is known, no others.
   *
   * @throws SettingsException when there are none
   */
  SortedMap<String, String> of(End end) {
    SortedMap<String, String> labels =
        find(end)
            .orElseThrow(() ->
                new SettingsException(
                    "no labels of "
                        + end.text()
                        + " are known: pass --selector "
                        + end.text()
                        + ":KEY=VALUE"));
    if (end.kind() == End.Kind.WORKLOAD) {
      check(end, labels);
    }
    return Collections.unmodifiableSortedMap(labels);
  }

  private void check(End end, SortedMap<String, String> labels) {
    for (SortedMap<String, String> own : seen.getOrDefault(end, Set.of())) {
      if (!selects(labels, own)) {
        throw new SettingsException(
            "the selector of " + end.text() + " does not select all of its pods: " + text(labels));
      }
    }
    seen.forEach((other, sets) -> {
      if (isNeighbor(end, other) && sets.stream().anyMatch(own -> selects(labels, own))) {
        throw ambiguous(end, other, labels);
      }
    });
    chosen.forEach((other, own) -> {
      if (isNeighbor(end, other) && selects(labels, own)) {
        throw ambiguous(end, other, labels);
      }
    });
  }

  private static boolean isNeighbor(End end, End other) {
    return other.kind() == End.Kind.WORKLOAD
        && other.namespace().equals(end.namespace())
        && !other.equals(end);
  }

  private static SettingsException ambiguous(End end, End other, SortedMap<String, String> labels) {
    return new SettingsException(
        "the selector of "
            + end.text()
            + " selects pods of "
            + other.text()
            + " as well: "
            + text(labels)
            + "; pass another with --selector");
  }

  /** Returns whether a selector selects pods with these labels. */
  static boolean selects(Map<String, String> selector, Map<String, String> labels) {
    return labels.entrySet().containsAll(selector.entrySet());
  }

  private static String text(SortedMap<String, String> labels) {
    StringBuilder text = new StringBuilder();
    labels.forEach((key, value) ->
        text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
    return text.toString();
  }

  /** Returns the port of the pods behind a service's port, where it is known. */
  Optional<Integer> port(End service, int port) {
    return Optional.ofNullable(ports.getOrDefault(service, Map.of()).get(port));
  }
}
