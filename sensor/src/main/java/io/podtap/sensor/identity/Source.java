/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

/** Who says that an address is somebody's; of two that differ, the one named first is trusted. */
public enum Source {
  /** The API server. */
  API,
  /** A tap's report. */
  REPORT,
  /** A journal of earlier times. */
  FILE,
  /**
   * The API server, by an annotation, which whoever makes a pod may write, or by the pod range of a
   * node.
   */
  ANNOTATION
}
