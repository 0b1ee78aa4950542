/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server whether it would take a pod with its tap, and when it would not, whether it
 * would take it without. Nothing is made: both are {@code dryRun=All}. What is asked about carries
 * the label that keeps taps away, so no such pod comes back here.
 *
 * <p>Pods of one template are asked about once in a while.
 */
final class DryRun {

  /** What dry runs did not tell. */
  static final MetricGroup<DryRun> METRICS =
      MetricGroup.<DryRun>of("podtap_webhook_", "dry runs", "")
          .counter(
              "dry_runs_unknown",
              "Pods injected as configured, since no dry run was answered in time.",
              dryRun -> dryRun.unknown.sum())
          .build();

  private static final int KNOWN_MAX = 2_048;
  private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(20);
  private static final int TEXT_LENGTH_MAX = 256 << 10;
  private static final int REASON_LENGTH_MAX = 240;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final String PREFIX = "podtap-dry-run-";

  /** What differs between pods of one template. */
  private static final List<String> LABELS_OF_ONE =
      List.of(
          "statefulset.kubernetes.io/pod-name",
          "apps.kubernetes.io/pod-index",
          "batch.kubernetes.io/job-completion-index",
          "batch.kubernetes.io/controller-uid",
          "batch.kubernetes.io/job-name",
          "controller-uid",
          "job-name");

  /**
   * What the API server says.
   *
   * @param refusal of the pod with its tap alone, or an empty text
   * @param isKnown false when there was no answer that decides
   */
  private record Verdict(String refusal, boolean isKnown, long sinceNs) {}

  /** Oldest first. */
  private static final class Cache extends LinkedHashMap<String, Verdict> {

    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Verdict> eldest) {
      return size() > KNOWN_MAX;
    }
  }

  private final TimedRequests requests;
  private final Map<String, Verdict> known = new Cache();
  private final Map<String, CompletableFuture<Verdict>> asked = new HashMap<>();
  private final LongAdder unknown = new LongAdder();

  DryRun(TimedRequests requests) {
    this.requests = requests;
  }

  /**
   * Returns why the pod with its tap would be refused where the pod without it would not, or
   * nothing: also when there is no answer.
   */
  Optional<String> refusal(
      String namespace,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> injected,
      long deadlineNs) {
    if (requests.isDenied()) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> candidate = candidate(namespace, injected);
    String text = JsonText.write(withoutWhatDiffers(candidate));
    if (text.length() > TEXT_LENGTH_MAX) {
      unknown.increment();
      return Optional.empty();
    }
    Verdict verdict =
        verdict(namespace, hash(namespace, text), candidate, candidate(namespace, pod), deadlineNs);
    if (!verdict.isKnown() && !requests.isDenied()) {
      unknown.increment();
    }
    return verdict.refusal().isEmpty() ? Optional.empty() : Optional.of(verdict.refusal());
  }

  /** Returns whether a dry run of the pod with its tap succeeds; no answer is a no. */
  boolean isAccepted(String namespace, Map<String, @Nullable Object> injected, long deadlineNs) {
    Map<String, @Nullable Object> candidate = candidate(namespace, injected);
    return JsonText.write(withoutWhatDiffers(candidate)).length() <= TEXT_LENGTH_MAX
        && create(namespace, candidate, deadlineNs).filter(ClusterApi.Answer::isGood).isPresent();
  }

  private Verdict verdict(
      String namespace, String key, Object with, Object without, long deadlineNs) {
    CompletableFuture<Verdict> answer = new CompletableFuture<>();
    CompletableFuture<Verdict> others;
    synchronized (this) {
      Verdict former = known.get(key);
      if (former != null && System.nanoTime() - former.sinceNs() < KEPT_NS) {
        return former;
      }
      others = asked.putIfAbsent(key, answer);
    }
    if (others != null) {
      return await(others, deadlineNs);
    }
    Verdict verdict = unknown();
    try {
      verdict = ask(namespace, with, without, deadlineNs);
    } finally {
      synchronized (this) {
        asked.remove(key);
        if (verdict.isKnown()) {
          known.remove(key);
          known.put(key, verdict);
        }
      }
      answer.complete(verdict);
    }
    return verdict;
  }

  private static Verdict unknown() {
    return new Verdict("", false, System.nanoTime());
  }

  private static Verdict await(CompletableFuture<Verdict> answer, long deadlineNs) {
    try {
      return answer.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return unknown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unknown();
    }
  }

  private Verdict ask(String namespace, Object with, Object without, long deadlineNs) {
    Optional<ClusterApi.Answer> first = create(namespace, with, deadlineNs);
    if (first.isEmpty() || !isDecision(first.get())) {
      return unknown();
    }
    if (first.get().isGood()) {
      return new Verdict("", true, System.nanoTime());
    }
    // Without an answer of its own the pod is left alone: with its tap it would not start.
    Optional<ClusterApi.Answer> second = create(namespace, without, deadlineNs);
    boolean isRefusedAnyway =
        second.isPresent() && !second.get().isGood() && isDecision(second.get());
    return new Verdict(isRefusedAnyway ? "" : reason(first.get()), true, System.nanoTime());
  }

  private Optional<ClusterApi.Answer> create(String namespace, Object pod, long deadlineNs) {
    return requests.send(
        "POST",
        ApiPath.inNamespace(namespace, "pods") + "?dryRun=All",
        "application/json",
        pod,
        deadlineNs);
  }

  /** A server that is busy, or has no such namespace any more, says nothing of the pod. */
  private static boolean isDecision(ClusterApi.Answer answer) {
    int status = answer.status();
    return status / 100 == 2
        || (status / 100 == 4
            && status != TOO_MANY_REQUESTS
            && status != NOT_FOUND
            && status != CONFLICT);
  }

  private static String reason(ClusterApi.Answer answer) {
    String text = answer.message().replaceAll("\"?" + PREFIX + "[a-z0-9]*\"? ?", "");
    return text.substring(0, Math.min(text.length(), REASON_LENGTH_MAX));
  }

  /** Returns the pod as it is asked about: without what only this one has. */
  private static Map<String, @Nullable Object> candidate(
      String namespace, Map<String, @Nullable Object> pod) {
    Map<String, @Nullable Object> candidate = new LinkedHashMap<>(pod);
    candidate.put("apiVersion", "v1");
    candidate.put("kind", "Pod");
    candidate.remove("status");
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    Object given = pod.get("metadata");
    metadata.put("generateName", PREFIX);
    metadata.put("namespace", namespace);
    metadata.put("annotations", Tree.at(given, "annotations"));
    Map<String, @Nullable Object> labels = new LinkedHashMap<>(Tree.map(Tree.at(given, "labels")));
    labels.put(WellKnownNames.INJECT, "disabled");
    metadata.put("labels", labels);
    candidate.put("metadata", metadata);
    return candidate;
  }

  private static Map<String, @Nullable Object> withoutWhatDiffers(
      Map<String, @Nullable Object> candidate) {
    Map<String, @Nullable Object> template = Tree.copyMap(candidate);
    Map<String, @Nullable Object> labels = Tree.child(Tree.child(template, "metadata"), "labels");
    LABELS_OF_ONE.forEach(labels::remove);
    Map<String, @Nullable Object> spec = Tree.child(template, "spec");
    List.of("hostname", "nodeName", "affinity").forEach(spec::remove);
    for (Object volume : Tree.list(spec.get("volumes"))) {
      if (Tree.text(volume, "name").startsWith("kube-api-access-")) {
        Tree.map(volume).put("name", "kube-api-access");
      }
    }
    for (String list : List.of("initContainers", "containers")) {
      for (Object container : Tree.list(spec.get(list))) {
        for (Object mount : Tree.list(Tree.at(container, "volumeMounts"))) {
          if (Tree.text(mount, "name").startsWith("kube-api-access-")) {
            Tree.map(mount).put("name", "kube-api-access");
          }
        }
      }
    }
    return template;
  }

  private static String hash(String namespace, String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((namespace + '\n').getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
