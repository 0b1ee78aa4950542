/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.sensor.sink.MemorySink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code requests.log} states of a capture: how many requests of each kind there were. */
final class RequestCounts {

  private final boolean isComplete;
  private long all;
  private final Map<String, Long> ofKinds = new HashMap<>();

  RequestCounts(MemorySink sink) {
    List<Map<String, String>> rows = sink.rows("requests");
    isComplete = !rows.isEmpty() && rows.stream().allMatch(row -> "T".equals(row.get("complete")));
    for (Map<String, String> row : rows) {
      all += Long.parseLong(row.get("requests"));
      String[] kinds = row.getOrDefault("kinds", "").split(",", -1);
      String[] counts = row.getOrDefault("counts", "").split(",", -1);
      for (int i = 0; i < kinds.length && !counts[i].equals("-"); i++) {
        ofKinds.merge(kinds[i], Long.parseLong(counts[i]), Long::sum);
      }
    }
  }

  long all() {
    return all;
  }

  /** Says what is wrong with these counts where packets are missing; empty when nothing is. */
  String wrongBeside(RequestCounts whole) {
    if (all > whole.all || (isComplete && all < whole.all)) {
      return "requests.log has %d of %d, complete %b".formatted(all, whole.all, isComplete);
    }
    for (Map.Entry<String, Long> kind : ofKinds.entrySet()) {
      if (kind.getValue() > whole.ofKinds.getOrDefault(kind.getKey(), 0L)) {
        return "requests.log has %s instead of %s".formatted(ofKinds, whole.ofKinds);
      }
    }
    return "";
  }
}
