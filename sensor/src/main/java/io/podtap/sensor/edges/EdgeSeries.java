/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import io.podtap.core.metrics.MetricsText;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.identity.Identities;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The edges that metrics have now. Their text has a limit; what does not fit is counted on the edge
 * {@code other}. An edge without records for five minutes ends when the pod at one of its ends is
 * gone, or when there is no room for new edges.
 *
 * <p>Any thread.
 */
public final class EdgeSeries {

  /** Bytes of text that users may choose at most: the rest of the metrics have to fit, too. */
  public static final long BYTES_MAX = MetricsText.CHARACTERS_MAX * 3L / 4;

  public static final long BYTES_MIN = 64 << 10;

  private static final long IDLE_NS = TimeUnit.MINUTES.toNanos(5);
  private static final long SWEEP_NS = TimeUnit.SECONDS.toNanos(10);

  private final long bytesMax;
  private final Map<EdgeKey, EdgeCounts> edges = new HashMap<>();
  private final EdgeCounts other = new EdgeCounts(EdgeKey.OTHER);
  private long heldBytes;
  private long overflow;
  private long ended;
  private boolean hasOverflowed;
  private long nowNs;
  private long nextSweepNs;

  /**
   * @param bytesMax text of all series, the one of {@code other} left out
   */
  public EdgeSeries(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Counts an event of a flow. */
  synchronized void add(EdgeEnd source, EdgeEnd destination, Flow flow, EdgeEvent event) {
    EdgeKey key = EdgeKey.of(source, destination, flow.protocol(), flow.responderPort());
    EdgeCounts edge = edges.get(key);
    if (edge == null && key.hasPort() && isAttempt(event)) {
      // A scan would otherwise have an edge for each port.
      key = key.toAnyPort();
      edge = edges.get(key);
    }
    int growth = edge == null ? EdgeCounts.growthOfNew(event) : edge.growth(event);
    long growthBytes = EdgeCounts.bytes(key, growth);
    if (heldBytes + growthBytes > bytesMax) {
      hasOverflowed = true;
      overflow++;
      other.add(event);
      return;
    }
    if (edge == null) {
      edge = new EdgeCounts(key);
      edges.put(key, edge);
    }
    heldBytes += growthBytes;
    edge.add(event);
    edge.lastNs = nowNs;
    edge.sourceHigh = flow.originatorHigh();
    edge.sourceLow = flow.originatorLow();
    edge.destinationHigh = flow.responderHigh();
    edge.destinationLow = flow.responderLow();
    edge.destinationPort = Identities.portOf(flow.protocol(), flow.responderPort());
  }

  private static boolean isAttempt(EdgeEvent event) {
    return event instanceof EdgeEvent.ConnectionEnded connection
        && connection.outcome().isAttempt();
  }

  /**
   * Lets time pass: edges end.
   *
   * @param timeNs by the clock of this machine, nanoseconds since 1970
   */
  public synchronized void advance(long timeNs, Identities identities) {
    nowNs = timeNs;
    if (timeNs < nextSweepNs) {
      return;
    }
    nextSweepNs = timeNs + SWEEP_NS;
    edges
        .values()
        .removeIf(edge -> {
          boolean isOver =
              timeNs - edge.lastNs >= IDLE_NS && (hasOverflowed || isGone(edge, identities));
          if (isOver) {
            heldBytes -= edge.bytes();
            ended++;
          }
          return isOver;
        });
    hasOverflowed = false;
  }

  private boolean isGone(EdgeCounts edge, Identities identities) {
    EdgeEnd source =
        EdgeEnd.of(identities.at(edge.sourceHigh, edge.sourceLow, Identities.NO_PORT, nowNs));
    EdgeEnd destination =
        EdgeEnd.of(
            identities.at(edge.destinationHigh, edge.destinationLow, edge.destinationPort, nowNs));
    return isGone(edge.key.source(), source) || isGone(edge.key.destination(), destination);
  }

  private static boolean isGone(EdgeEnd then, EdgeEnd now) {
    return then.isNamed() && !then.equals(now);
  }

  /** Adds all series to the text of metrics. */
  public synchronized void addTo(MetricsText text) {
    text.add(EdgeMetrics.TOTALS.read(this));
    List<EdgeCounts> all = new ArrayList<>(edges.values());
    all.add(other);
    EdgeMetrics.ofEdges()
        .forEach((group, has) -> text.add(all.stream().filter(has).map(group::read).toList()));
  }

  /** Returns whether some edge has what a predicate asks for. */
  synchronized boolean has(Predicate<EdgeCounts> what) {
    return edges.values().stream().anyMatch(what);
  }

  synchronized int edges() {
    return edges.size();
  }

  synchronized long heldBytes() {
    return heldBytes;
  }

  synchronized long overflow() {
    return overflow;
  }

  synchronized long ended() {
    return ended;
  }
}
