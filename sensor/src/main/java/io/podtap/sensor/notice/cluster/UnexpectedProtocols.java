/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.ConnectionRecords;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Tables;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Protocols on ports of workloads that have carried others so far. */
final class UnexpectedProtocols implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();
  private static final int SERVICES_MAX = 16;

  private final Learning learning;
  private final AgeTable<String, Set<String>> services;

  UnexpectedProtocols(ClusterSettings settings, Learning learning) {
    this.learning = learning;
    services = new AgeTable<>(settings.tableBytesMax(), IDLE_NS_MAX, set -> 64 + 96 * set.size());
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn");
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    String names = record.text("service");
    Party target = record.responder();
    Party source = record.originator();
    if (names.isEmpty()
        || source.isExternal()
        || target.isExternal()
        || !ConnectionRecords.isEstablished(record)) {
      return;
    }
    long now = record.timeNs();
    String port = ConnectionRecords.port(record);
    if (port.startsWith("high")) {
      return;
    }
    String key = target.key() + ' ' + port;
    Set<String> known = Tables.used(services, key, now);
    if (known == null) {
      known = new TreeSet<>();
      services.put(key, known, now);
    }
    boolean judged = learning.isOver(target, now) && !known.isEmpty();
    String before = String.join(",", known);
    int from = 0;
    while (from < names.length()) {
      int end = names.indexOf(',', from);
      end = end < 0 ? names.length() : end;
      String name = names.substring(from, end);
      from = end + 1;
      if (known.size() < SERVICES_MAX && known.add(name) && judged) {
        findings.raise(
            ClusterNotice.UNEXPECTED_PROTOCOL,
            source.name() + " spoke " + name + " to " + target.name() + " on port " + port,
            "so far " + before,
            record,
            source,
            target,
            key + ' ' + name);
      }
    }
    services.resized(key);
  }

  @Override
  public List<StateTable> tables() {
    return List.of(services);
  }
}
