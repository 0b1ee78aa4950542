/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import java.time.Duration;
import java.util.Set;

/**
 * Connections that a workload has not made while it was learned: to other workloads, and to
 * destinations outside. The first connection to a workload that is new itself is no finding, nor is
 * a new destination of a workload that has very many, such as a proxy.
 */
final class NewEdges implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();

  /** Destinations outside of a workload that talks to anyone. */
  private static final int DESTINATIONS_MAX = 50;

  private final Learning learning;
  private final ExternalNames names;
  private final BoundedTable<Boolean> edges;
  private final BoundedTable<int[]> destinations;

  NewEdges(ClusterSettings settings, Learning learning, ExternalNames names) {
    this.learning = learning;
    this.names = names;
    edges = new BoundedTable<>(settings.tableBytesMax(), IDLE_NS_MAX, _ -> 0);
    destinations = new BoundedTable<>(settings.tableBytesMax() / 4, IDLE_NS_MAX, _ -> 24);
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn");
  }

  @Override
  public void onRecord(Seen record, Findings findings) {
    long now = record.timeNs();
    Party source = record.originator();
    Party target = record.responder();
    boolean sourceKnown = learning.isOver(source, now);
    boolean targetKnown = target.isExternal() || learning.isOver(target, now);
    if (source.isExternal() || !Connections.isEstablished(record)) {
      return;
    }
    String destination = target.isExternal() ? names.of(source, target, now) : target.key();
    String port = Connections.port(record);
    String edge = source.key() + ' ' + destination + (target.isExternal() ? "" : ' ' + port);
    if (edges.get(edge, now) != null) {
      return;
    }
    edges.put(edge, true, now);
    boolean many = target.isExternal() && countDestination(source, now) > DESTINATIONS_MAX;
    if (!sourceKnown || !targetKnown || many) {
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
    int[] count = destinations.get(source.key(), now);
    if (count == null) {
      count = new int[1];
      destinations.put(source.key(), count, now);
    }
    return ++count[0];
  }

  /** Returns whether a workload has connected to a destination outside before. */
  boolean isKnown(Party source, Party target, long now) {
    return edges.get(source.key() + ' ' + names.of(source, target, now), now) != null;
  }

  @Override
  public long bytes() {
    return edges.bytes() + destinations.bytes();
  }
}
