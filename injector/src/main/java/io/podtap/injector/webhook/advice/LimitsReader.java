/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.core.agent.Threads;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.limits.NamespaceLimits;
import io.podtap.injector.tree.Tree;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * LimitRanges and ResourceQuotas of namespaces, kept for a short time. A namespace with a quota is
 * read again at once, since every pod changes what is left of it. Reviews of one namespace share a
 * read; one that takes longer than a review may wait goes on for the next.
 */
final class LimitsReader implements AutoCloseable {

  /** What lists did not tell. */
  static final MetricGroup<LimitsReader> METRICS =
      MetricGroup.<LimitsReader>of("podtap_webhook_", "limits of namespaces", "")
          .counter(
              "limits_unknown",
              "Reviews decided before the LimitRanges and quotas of their namespace were known.",
              limits -> limits.unknown.sum())
          .build();

  private static final int NAMESPACES_MAX = 256;
  private static final int OBJECTS_MAX = 100;
  private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final long NEW_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long READ_NS_MAX = TimeUnit.SECONDS.toNanos(10);

  /** Part of a review's time: the dry run needs the other. */
  private static final int PART = 2;

  /**
   * @param isWhole false when one of the lists was not answered
   */
  private record Known(NamespaceLimits limits, boolean isWhole, long readNs) {

    boolean isKept(long nowNs, long maxNs) {
      return nowNs - readNs < maxNs;
    }
  }

  /** Oldest first. */
  private static final class Cache extends LinkedHashMap<String, Known> {

    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
      return size() > NAMESPACES_MAX;
    }
  }

  private final TimedRequests ranges;
  private final TimedRequests quotas;
  private final ExecutorService threads = Threads.virtual("webhook-limits");
  private final Map<String, Known> known = new Cache();

  /** No more than there are places for requests, but for those that find none and end at once. */
  private final Map<String, CompletableFuture<Known>> reads = new HashMap<>();

  private final LongAdder unknown = new LongAdder();

  LimitsReader(TimedRequests ranges, TimedRequests quotas) {
    this.ranges = ranges;
    this.quotas = quotas;
  }

  /** Returns what is known after half of the time at most. */
  NamespaceLimits limits(String namespace, long deadlineNs) {
    long now = System.nanoTime();
    Known former = former(namespace);
    if (former != null && !former.limits().hasQuotas() && former.isKept(now, KEPT_NS)) {
      return former.limits();
    }
    return read(namespace, former, now + Math.max(0, deadlineNs - now) / PART);
  }

  /**
   * Returns what was read within the last second, or is read now; asks for missing rights again.
   */
  NamespaceLimits newLimits(String namespace, long deadlineNs) {
    boolean isRetryOfRanges = ranges.retryDenied();
    boolean isRetry = quotas.retryDenied() || isRetryOfRanges;
    long now = System.nanoTime();
    Known former = former(namespace);
    if (!isRetry && former != null && former.isKept(now, NEW_NS)) {
      return former.limits();
    }
    return read(namespace, former, now + Math.max(0, deadlineNs - now) / PART);
  }

  private NamespaceLimits read(String namespace, @Nullable Known former, long deadlineNs) {
    Optional<Known> now = await(reading(namespace), deadlineNs);
    if (now.isPresent() && now.get().isWhole()) {
      return now.get().limits();
    }
    unknown.increment();
    return former != null ? former.limits() : now.map(Known::limits).orElse(NamespaceLimits.NONE);
  }

  private static Optional<Known> await(CompletableFuture<Known> read, long deadlineNs) {
    try {
      return Optional.of(
          read.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Returns the read of a namespace that is under way, or begins one. */
  private synchronized CompletableFuture<Known> reading(String namespace) {
    CompletableFuture<Known> others = reads.get(namespace);
    if (others != null) {
      return others;
    }
    CompletableFuture<Known> read = new CompletableFuture<>();
    reads.put(namespace, read);
    try {
      threads.execute(() -> complete(namespace, read));
    } catch (RejectedExecutionException e) { // it ends
      reads.remove(namespace);
      read.cancel(false);
    }
    return read;
  }

  private void complete(String namespace, CompletableFuture<Known> read) {
    try {
      Known now = list(namespace);
      finish(namespace, now);
      read.complete(now);
    } catch (RuntimeException e) {
      finish(namespace, null);
      read.completeExceptionally(e);
    }
  }

  private Known list(String namespace) {
    long begin = System.nanoTime();
    long end = begin + READ_NS_MAX;
    CompletableFuture<Optional<List<@Nullable Object>>> first = new CompletableFuture<>();
    threads.execute(() -> listRanges(namespace, end, first));
    Optional<List<@Nullable Object>> hers = list(quotas, namespace, "resourcequotas", end);
    Optional<List<@Nullable Object>> its = first.join();
    boolean isWhole =
        (its.isPresent() || ranges.isDenied()) && (hers.isPresent() || quotas.isDenied());
    NamespaceLimits limits = NamespaceLimits.of(its.orElse(List.of()), hers.orElse(List.of()));
    return new Known(limits, isWhole, begin);
  }

  private void listRanges(
      String namespace, long end, CompletableFuture<Optional<List<@Nullable Object>>> answer) {
    try {
      answer.complete(list(ranges, namespace, "limitranges", end));
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private synchronized @Nullable Known former(String namespace) {
    return known.get(namespace);
  }

  private synchronized void finish(String namespace, @Nullable Known now) {
    reads.remove(namespace);
    if (now != null && now.isWhole()) {
      known.remove(namespace);
      known.put(namespace, now);
    }
  }

  private static Optional<List<@Nullable Object>> list(
      TimedRequests requests, String namespace, String resource, long deadlineNs) {
    return requests
        .send(
            "GET",
            ApiPath.inNamespace(namespace, resource) + "?limit=" + OBJECTS_MAX,
            "",
            null,
            deadlineNs)
        .filter(ClusterApi.Answer::isGood)
        .map(answer -> Tree.list(answer.object().get("items")));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
