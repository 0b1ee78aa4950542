/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.limits.NamespaceLimits;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the cluster says of pods and their taps. Any thread; blocks until the deadline at most. */
public interface Advice {

  /** Knows nothing, and objects to nothing. */
  Advice NONE =
      new Advice() {
        @Override
        public NamespaceLimits limits(String namespace, long deadlineNs) {
          return NamespaceLimits.NONE;
        }

        @Override
        public NamespaceLimits newLimits(String namespace, long deadlineNs) {
          return NamespaceLimits.NONE;
        }

        @Override
        public Optional<Outcome.Unchanged> objection(
            String namespace,
            Map<String, @Nullable Object> pod,
            Map<String, @Nullable Object> injected,
            long deadlineNs) {
          return Optional.empty();
        }

        @Override
        public boolean isAccepted(
            String namespace, Map<String, @Nullable Object> injected, long deadlineNs) {
          return false;
        }
      };

  /**
   * Returns what the namespace lets its pods use, as far as it can be known.
   *
   * @param deadlineNs by the clock of {@link System#nanoTime}
   */
  NamespaceLimits limits(String namespace, long deadlineNs);

  /**
   * As {@link #limits}, but what was read before the last moment does not count: for a pod to which
   * the cluster objected.
   */
  NamespaceLimits newLimits(String namespace, long deadlineNs);

  /**
   * Returns why the pod should stay as it is, or nothing.
   *
   * @param pod as it came
   * @param injected the same with its tap
   */
  Optional<Outcome.Unchanged> objection(
      String namespace,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> injected,
      long deadlineNs);

  /**
   * Returns whether the cluster is known to accept a pod; no answer is a no.
   *
   * @param injected with its tap
   */
  boolean isAccepted(String namespace, Map<String, @Nullable Object> injected, long deadlineNs);
}
