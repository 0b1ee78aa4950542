/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many events are written: some at once, then few, in each namespace and in all. Any thread.
 */
final class EventRate {

  private static final int NAMESPACES_MAX = 1_024;

  /** A rollout of a namespace's applications; then one in ten seconds. */
  private static final Bucket OF_NAMESPACE = new Bucket(25, 0.1, Instant.MIN);

  /** A cluster that starts anew; then one in a second. */
  private static final Bucket OF_ALL = new Bucket(200, 1, Instant.MIN);

  /**
   * A bucket of permissions that fills again.
   *
   * @param left at {@code since}
   */
  private record Bucket(double left, double perSecond, Instant since) {

    Bucket at(Instant now, double max) {
      double seconds =
          since.equals(Instant.MIN) ? 0 : Duration.between(since, now).toMillis() / 1_000.0;
      return new Bucket(Math.min(max, left + Math.max(0, seconds) * perSecond), perSecond, now);
    }

    Bucket less() {
      return new Bucket(left - 1, perSecond, since);
    }
  }

  /** Oldest first. */
  private static final class Buckets extends LinkedHashMap<String, Bucket> {

    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > NAMESPACES_MAX;
    }
  }

  private final Map<String, Bucket> namespaces = new Buckets();
  private Bucket all = OF_ALL;

  /** Returns whether one more may be written. */
  synchronized boolean allows(String namespace, Instant now) {
    Bucket its = namespaces.getOrDefault(namespace, OF_NAMESPACE).at(now, OF_NAMESPACE.left());
    all = all.at(now, OF_ALL.left());
    boolean allowed = its.left() >= 1 && all.left() >= 1;
    namespaces.remove(namespace);
    namespaces.put(namespace, allowed ? its.less() : its);
    all = allowed ? all.less() : all;
    return allowed;
  }
}
