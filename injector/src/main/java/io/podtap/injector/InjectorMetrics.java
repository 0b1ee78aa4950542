/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.injector.repair.RepairController;
import io.podtap.injector.webhook.Webhook;
import io.podtap.injector.webhook.advice.ClusterAdvice;
import java.util.ArrayList;
import java.util.List;

/** Every number of the webhook; each class that counts declares its own. */
public final class InjectorMetrics {

  private InjectorMetrics() {}

  /** Returns every group. */
  public static List<MetricGroup<?>> all() {
    List<MetricGroup<?>> all = new ArrayList<>(Webhook.METRICS);
    all.addAll(ClusterAdvice.METRICS);
    all.addAll(RepairController.METRICS);
    return all;
  }
}
