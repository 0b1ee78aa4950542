/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which of the ready sensors are used: those on the tap's own node when there is one, else all; of
 * each the first address that can be reached; at most {@link #SENSORS_MAX}, since each costs
 * sockets. Pure but for the question whether an address can be reached.
 */
final class SensorChoice {

  static final int SENSORS_MAX = 64;

  private final String node;
  private final int tapId;
  private final Predicate<Endpoint> reachable;

  /**
   * @param node the tap's own, empty when unknown
   * @param tapId lets taps choose differently where there are too many sensors
   * @param reachable whether this host has a route there
   */
  SensorChoice(String node, int tapId, Predicate<Endpoint> reachable) {
    this.node = node;
    this.tapId = tapId;
    this.reachable = reachable;
  }

  /** Returns where packets go, and whether all of it is known to be on other nodes. */
  SensorSet set(Collection<Candidate> ready) {
    boolean elsewhere =
        !node.isEmpty()
            && !ready.isEmpty()
            && ready.stream().noneMatch(sensor -> sensor.node().isEmpty() || isNear(sensor));
    return new SensorSet(of(ready), elsewhere);
  }

  /** Returns where packets go, in an order that does not depend on that of the candidates. */
  List<Endpoint> of(Collection<Candidate> ready) {
    List<Candidate> sensors = merge(ready);
    List<Candidate> near = sensors.stream().filter(this::isNear).toList();
    Set<Endpoint> chosen = new LinkedHashSet<>();
    for (Candidate sensor : near.isEmpty() ? sensors : near) {
      chosen.add(address(sensor));
    }
    List<Endpoint> some = new ArrayList<>(chosen);
    if (some.size() > SENSORS_MAX) {
      some.sort(Comparator.comparingInt(this::weight));
      some = some.subList(0, SENSORS_MAX);
    }
    return some.stream().sorted(Comparator.comparing(Endpoint::toString)).toList();
  }

  private boolean isNear(Candidate sensor) {
    return !node.isEmpty() && sensor.node().equals(node);
  }

  /** The same in every order, another in every tap: taps spread over too many sensors. */
  private int weight(Endpoint sensor) {
    int hash = (sensor.hashCode() ^ tapId) * 0x9E37_79B1;
    return (hash ^ hash >>> 15) * 0x85EB_CA6B;
  }

  /** One candidate for each sensor, with the addresses that different slices have of it. */
  private static List<Candidate> merge(Collection<Candidate> ready) {
    Map<String, Candidate> merged = new LinkedHashMap<>();
    for (Candidate one : ready) {
      merged.merge(
          one.id(),
          one,
          (former, other) -> {
            Set<Endpoint> both = new LinkedHashSet<>(former.endpoints());
            both.addAll(other.endpoints());
            List<Endpoint> sorted = new ArrayList<>(both);
            sorted.sort(Comparator.comparingInt(SensorChoice::family));
            return new Candidate(one.id(), sorted, former.node());
          });
    }
    return List.copyOf(merged.values());
  }

  private static int family(Endpoint endpoint) {
    return endpoint.address().getAddress().length;
  }

  private Endpoint address(Candidate sensor) {
    if (sensor.endpoints().size() > 1) {
      for (Endpoint endpoint : sensor.endpoints()) {
        if (reachable.test(endpoint)) {
          return endpoint;
        }
      }
    }
    return sensor.endpoints().getFirst();
  }
}
