/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.flow.Flow;

/** When detections want to see flows that are open. Any thread. */
public interface FlowAges {

  /** Stands for a time that does not come. */
  long NEVER = Long.MAX_VALUE;

  /** Returns when a flow that begins is to be seen first, nanoseconds since 1970. */
  long firstNs(Flow flow);

  /**
   * Returns when a flow that is seen is to be seen again, nanoseconds since 1970.
   *
   * @param nowNs time of its last packet
   */
  long nextNs(Flow flow, long nowNs);

  /** Returns whether a flow that is open at the end of the capture is to be seen once more. */
  boolean isSeenAtEnd(Flow flow);
}
