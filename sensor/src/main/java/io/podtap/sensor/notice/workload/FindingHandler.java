/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import org.jspecify.annotations.Nullable;

/** Takes what detections found. */
@FunctionalInterface
public interface FindingHandler {

  /**
   * Raises a notice, unless one of the same kind and identifier was raised a short time ago.
   *
   * @param message one sentence for a person
   * @param detail evidence, or an empty text
   * @param about the record that completed it, which names the connection
   * @param destination null where a finding is about one workload alone
   * @param identifier what makes it the same finding as another
   */
  void raise(
      ClusterNotice kind,
      String message,
      String detail,
      RecordView about,
      Party source,
      @Nullable Party destination,
      String identifier);
}
