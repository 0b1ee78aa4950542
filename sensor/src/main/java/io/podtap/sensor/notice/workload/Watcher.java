/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.filter.RecordFilter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One detection: finished records in, findings out. One thread. */
public interface Watcher {

  /** Returns the logs whose records it wants. */
  Set<String> logs();

  /**
   * Returns a new filter for records of one of those logs, or null where all matter. A record that
   * it does not want would neither be a finding nor change what the detection remembers.
   */
  default @Nullable RecordFilter filter(String log) {
    return null;
  }

  /** Takes a record of one of those logs. */
  void onRecord(RecordView record, FindingHandler findings);

  /** Returns what it remembers; each table is bounded in bytes. */
  default List<StateTable> tables() {
    return List.of();
  }

  /** Returns the heap that is accounted for what it remembers, bytes. */
  default long bytes() {
    return tables().stream().mapToLong(StateTable::bytes).sum();
  }

  /** Returns how many entries were given up because a table was full. */
  default long evicted() {
    return tables().stream().mapToLong(StateTable::evicted).sum();
  }
}
