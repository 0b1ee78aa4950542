/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import java.util.Set;

/** One detection: finished records in, findings out. One thread. */
public interface Watcher {

  /** Returns the logs whose records it wants. */
  Set<String> logs();

  /** Takes a record of one of those logs. */
  void onRecord(Seen record, Findings findings);

  /** Returns the heap that is accounted for what it remembers, bytes. */
  default long bytes() {
    return 0;
  }
}
