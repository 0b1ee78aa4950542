/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import io.podtap.core.metrics.MetricsText;
import io.podtap.sensor.identity.Owner;

/**
 * One end of an edge, as its labels name it. Names are cut as labels are, so that two ends which
 * look the same in metrics are the same.
 *
 * @param namespace of a pod or a service, otherwise empty
 * @param workload name of the controller of a pod, of the pod without one, of a service or a node;
 *     {@code world}, {@code unknown} or {@code other}
 * @param kind such as {@code Deployment}, {@code Service} or {@code Node}; otherwise empty
 */
record EdgeEnd(String namespace, String workload, String kind) {

  /** Stands for all ends for which there was no room. */
  static final EdgeEnd OTHER = new EdgeEnd("", "other", "");

  private static final EdgeEnd WORLD = new EdgeEnd("", "world", "");
  private static final EdgeEnd UNKNOWN = new EdgeEnd("", "unknown", "");

  /** Returns the end that an owner of an address is. */
  static EdgeEnd of(Owner owner) {
    return switch (owner.kind()) {
      case POD ->
          owner.workload().isEmpty()
              ? named(owner.namespace(), owner.pod(), "Pod")
              : named(owner.namespace(), owner.workload(), owner.workloadKind());
      case SERVICE -> named(owner.namespace(), owner.service(), "Service");
      case NODE -> named("", owner.node(), "Node");
      case WORLD -> WORLD;
      case UNKNOWN -> UNKNOWN;
    };
  }

  private static EdgeEnd named(String namespace, String workload, String kind) {
    return new EdgeEnd(
        MetricsText.plain(namespace), MetricsText.plain(workload), MetricsText.plain(kind));
  }

  /** Returns whether the end has a place of its own, which may cease to exist. */
  boolean isNamed() {
    return !kind.isEmpty();
  }

  int length() {
    return namespace.length() + workload.length() + kind.length();
  }
}
