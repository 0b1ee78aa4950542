/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import org.jspecify.annotations.Nullable;

/**
 * How long other containers wait for a tap. The API server refuses a pause ({@code
 * lifecycle.postStart.sleep}) that does not end within the pod's grace period, and one of no
 * length.
 *
 * @see "k8s.io/kubernetes/pkg/apis/core/validation, validateSleepAction"
 */
final class HeadStart {

  private HeadStart() {}

  /**
   * Returns the wanted pause, or as much of it as the pod's periods leave; 0 for none.
   *
   * @param seconds wanted
   */
  static int fitting(int seconds, @Nullable Object spec) {
    int grace = within(seconds, Tree.at(spec, "terminationGracePeriodSeconds"));
    return within(grace, Tree.at(spec, "activeDeadlineSeconds"));
  }

  /**
   * At least a second of the period stays; a negative one counts as one second, and leaves none.
   */
  private static int within(int seconds, @Nullable Object period) {
    return period instanceof Number number
        ? (int) Math.clamp(number.longValue() - 1, 0, (long) seconds)
        : seconds;
  }
}
