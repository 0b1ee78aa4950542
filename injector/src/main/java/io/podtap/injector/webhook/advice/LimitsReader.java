/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.limits.NamespaceLimits;
import io.podtap.injector.tree.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * LimitRanges and ResourceQuotas of namespaces, kept for a short time. A namespace with a quota is
 * read again at once, since every pod changes what is left of it.
 */
final class LimitsReader {

  private static final int NAMESPACES_MAX = 256;
  private static final int OBJECTS_MAX = 100;
  private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final long LENGTH_NS_MAX = TimeUnit.MILLISECONDS.toNanos(700);

  private record Known(NamespaceLimits limits, long readNs) {}

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
  private final Map<String, Known> known = new Cache();

  LimitsReader(TimedRequests ranges, TimedRequests quotas) {
    this.ranges = ranges;
    this.quotas = quotas;
  }

  NamespaceLimits limits(String namespace, long deadlineNs) {
    long now = System.nanoTime();
    Known former = former(namespace);
    if (former != null && !former.limits().hasQuotas() && now - former.readNs() < KEPT_NS) {
      return former.limits();
    }
    long end = now + Math.min(LENGTH_NS_MAX, deadlineNs - now);
    Optional<List<@Nullable Object>> its = list(ranges, namespace, "limitranges", end);
    Optional<List<@Nullable Object>> hers = list(quotas, namespace, "resourcequotas", end);
    NamespaceLimits limits = NamespaceLimits.of(its.orElse(List.of()), hers.orElse(List.of()));
    boolean isWhole =
        (its.isPresent() || ranges.isDenied()) && (hers.isPresent() || quotas.isDenied());
    if (!isWhole) {
      return former == null ? limits : former.limits();
    }
    keep(namespace, new Known(limits, now));
    return limits;
  }

  private synchronized @Nullable Known former(String namespace) {
    return known.get(namespace);
  }

  private synchronized void keep(String namespace, Known now) {
    known.remove(namespace);
    known.put(namespace, now);
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
}
