/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

/** What detections remember, bounded in bytes. */
public interface StateTable {

  /** Returns an estimate of the heap that it takes, bytes. */
  long bytes();

  /** Returns how many entries were given up because it was full. */
  long evicted();
}
