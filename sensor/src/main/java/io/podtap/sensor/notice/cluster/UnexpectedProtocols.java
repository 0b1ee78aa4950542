/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.filter.Repeats;
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
  private final Repeats repeats = new Repeats();

  UnexpectedProtocols(ClusterSettings settings, Learning learning) {
    this.learning = learning;
    services = new AgeTable<>(settings.tableBytesMax(), IDLE_NS_MAX, set -> 64 + 96 * set.size());
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn", ConnectionRecords.CONFIRMED);
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    String names = ConnectionRecords.servicesText(record);
    Party target = record.responder();
    Party source = record.originator();
    long now = record.timeNs();
    if (names.isEmpty()
        || source.isExternal()
        || target.isExternal()
        || ConnectionRecords.isHighPort(record)
        || !ConnectionRecords.isEstablished(record)
        || repeats.isRepeated(target.key(), names, ConnectionRecords.portCode(record), now)) {
      return;
    }
    String port = ConnectionRecords.port(record);
    String key = target.key() + ' ' + port;
    Set<String> known = Tables.used(services, key, now);
    if (known == null) {
      known = new TreeSet<>();
      services.put(key, known, now);
    }
    boolean judged = learning.isOver(target, now) && !known.isEmpty();
    String before = String.join(",", known);
    for (String name : ConnectionRecords.services(record)) {
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
