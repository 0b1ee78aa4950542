/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.core.config.SettingsException;

/**
 * When a log file is closed, renamed, compressed, and a new one begun.
 *
 * @param bytesMax size at which a file is full; 0 for no limit
 * @param intervalNs age at which a file is old; 0 for no limit
 */
public record Rotation(long bytesMax, long intervalNs) {

  /** One file for ever. */
  public static final Rotation NEVER = new Rotation(0, 0);

  public Rotation {
    if (bytesMax < 0 || intervalNs < 0) {
      throw new SettingsException("rotation size and interval must not be negative");
    }
  }

  boolean isNever() {
    return bytesMax == 0 && intervalNs == 0;
  }

  boolean isDue(long bytes, long ageNs) {
    return (bytesMax > 0 && bytes >= bytesMax) || (intervalNs > 0 && ageNs >= intervalNs);
  }
}
