/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import io.podtap.sensor.notice.DetectionKind;
import java.util.List;

/** All detections: the one place where a detection is registered. */
public final class Detections {

  private static final List<DetectionKind> ALL = List.of();

  private Detections() {}

  /** Returns every detection, in the order of the documentation. */
  public static List<DetectionKind> all() {
    return ALL;
  }
}
