/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.RecentKeys;
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

/**
 * Connections that a workload has not made while it was learned: to other workloads, and to
 * destinations outside. The first connection to a workload that is new itself is no finding, nor is
 * a new destination of a workload that has very many, such as a proxy, nor a client that is no
 * workload where workloads have names. Without names, addresses count as workloads.
 */
final class NewEdges implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();

  /** Destinations outside of a workload that talks to anyone. */
  private static final int DESTINATIONS_MAX = 50;

  private final Learning learning;
  private final LookedUpDomains names;
  private final Repeats repeats = new Repeats();
  private final RecentKeys edges;
  private final AgeTable<String, int[]> destinations;

  NewEdges(ClusterSettings settings, Learning learning, LookedUpDomains names) {
    this.learning = learning;
    this.names = names;
    edges = new RecentKeys(2 * settings.tableBytesMax(), IDLE_NS_MAX);
    destinations = new AgeTable<>(settings.tableBytesMax() / 4, IDLE_NS_MAX, _ -> 24);
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn", ConnectionRecords.ESTABLISHED);
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    long now = record.timeNs();
    Party source = record.originator();
    Party target = record.responder();
    boolean isInside = !source.isExternal() && !target.isExternal();
    if (isInside
        && ConnectionRecords.isEstablished(record)
        && repeats.isRepeated(
            source.key(), target.key(), ConnectionRecords.portCode(record), now)) {
      return;
    }
    boolean sourceKnown = learning.isOver(source, now);
    boolean targetKnown = target.isExternal() || learning.isOver(target, now);
    if (source.isExternal() || !ConnectionRecords.isEstablished(record)) {
      return;
    }
    String destination = target.isExternal() ? names.of(source, target, now) : target.key();
    String port = ConnectionRecords.port(record);
    String edge = source.key() + ' ' + destination + (target.isExternal() ? "" : ' ' + port);
    if (edges.isKnown(edge, now)) {
      return;
    }
    edges.add(edge, now);
    boolean many = target.isExternal() && countDestination(source, now) > DESTINATIONS_MAX;
    boolean isNoWorkload = source.workload().isEmpty() && !target.workload().isEmpty();
    if (!sourceKnown || !targetKnown || many || isNoWorkload) {
      return;
    }
    if (target.isExternal()) {
      findings.raise(
          ClusterNotice.NEW_EXTERNAL_DESTINATION,
          source.name() + " connected to " + destination + " outside for the first time",
          port,
          record,
          source,
          target,
          edge);
    } else {
      findings.raise(
          ClusterNotice.NEW_EDGE,
          source.name() + " connected to " + target.name() + " for the first time",
          port,
          record,
          source,
          target,
          edge);
    }
  }

  private int countDestination(Party source, long now) {
    int[] count = Tables.used(destinations, source.key(), now);
    if (count == null) {
      count = new int[1];
      destinations.put(source.key(), count, now);
    }
    return ++count[0];
  }

  @Override
  public List<StateTable> tables() {
    return List.of(edges, destinations);
  }
}
