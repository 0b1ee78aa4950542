/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.cluster.ClusterDetections;
import java.util.List;
import java.util.stream.Stream;

/** All detections: the one place where a detection is registered. */
public final class Detections {

  private static final List<DetectionKind> ALL =
      Stream.of(List.<DetectionKind>of(), ClusterDetections.all()).flatMap(List::stream).toList();

  private Detections() {}

  /** Returns every detection, in the order of the documentation. */
  public static List<DetectionKind> all() {
    return ALL;
  }
}
