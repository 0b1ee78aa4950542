/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many events a namespace may get: some at once, and then one in a while. Namespaces that have
 * had none for long make room. One thread at a time.
 */
final class NamespaceRate {

  private static final int BURST = 10;
  private static final long REFILL_NS = 6_000_000_000L;
  private static final int NAMESPACES_MAX = 1_000;

  private static final class Bucket {
    long left = BURST;
    long sinceNs;
  }

  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > NAMESPACES_MAX;
        }
      };

  /** Returns whether a namespace may have one more now, which then counts. */
  boolean allows(String namespace, long nowNs) {
    Bucket bucket = buckets.get(namespace);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.sinceNs = nowNs;
      buckets.put(namespace, bucket);
    }
    long more = Math.max(0, (nowNs - bucket.sinceNs) / REFILL_NS);
    bucket.left = Math.min(BURST, bucket.left + more);
    bucket.sinceNs = bucket.left == BURST ? nowNs : bucket.sinceNs + more * REFILL_NS;
    if (bucket.left == 0) {
      return false;
    }
    bucket.left--;
    return true;
  }
}
