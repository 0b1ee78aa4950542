/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Protocols on ports of workloads that have carried others so far. */
final class UnexpectedProtocols implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();
  private static final int SERVICES_MAX = 16;

  private final Learning learning;
  private final BoundedTable<Set<String>> services;

  UnexpectedProtocols(ClusterSettings settings, Learning learning) {
    this.learning = learning;
    services =
        new BoundedTable<>(settings.tableBytesMax(), IDLE_NS_MAX, set -> 64 + 96 * set.size());
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn");
  }

  @Override
  public void onRecord(Seen record, Findings findings) {
    String names = record.text("service");
    Party target = record.responder();
    Party source = record.originator();
    if (names.isEmpty()
        || source.isExternal()
        || target.isExternal()
        || !Connections.isEstablished(record)) {
      return;
    }
    long now = record.timeNs();
    String port = Connections.port(record);
    if (port.startsWith("high")) {
      return;
    }
    String key = target.key() + ' ' + port;
    Set<String> known = services.get(key, now);
    if (known == null) {
      known = new TreeSet<>();
      services.put(key, known, now);
    }
    boolean judged = !known.isEmpty() && learning.isOver(target, now);
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
  }

  @Override
  public long bytes() {
    return services.bytes();
  }
}
