/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import org.jspecify.annotations.Nullable;

/** Finds the pod that had an address. Any thread. */
@FunctionalInterface
public interface PodLookup {

  /**
   * A pod.
   *
   * @param uid tells it from others of the same name
   */
  record Pod(String namespace, String name, String uid) {}

  /**
   * Returns the pod that had an address at a time, or null when none is known.
   *
   * @param address as in logs
   * @param timeNs nanoseconds since 1970
   */
  @Nullable Pod podAt(String address, long timeNs);
}
