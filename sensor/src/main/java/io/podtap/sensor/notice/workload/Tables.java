/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.notice.AgeTable;
import org.jspecify.annotations.Nullable;

/** What tables of detections have in common. */
public final class Tables {

  private Tables() {}

  /** Returns the value of a key, or null; its age begins again. */
  public static <V> @Nullable V used(AgeTable<String, V> table, String key, long nowNs) {
    V value = table.get(key, nowNs);
    if (value != null) {
      table.renew(key, nowNs);
    }
    return value;
  }
}
