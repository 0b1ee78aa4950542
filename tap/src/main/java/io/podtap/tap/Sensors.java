/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.tap.balance.Rendezvous;
import io.podtap.tap.link.SensorLink;
import java.util.List;

/**
 * The sensors that flows are shared among, with open links. Immutable as a set; a change makes a
 * new one that shares the links of the sensors that stay.
 *
 * <p>Flows of a sensor that cannot be used are shared among the others, as long as there are any,
 * and come back to it; nobody else's flows move.
 */
public final class Sensors {

  private final List<SensorLink> list;
  private final List<Boolean> usable;
  private final Rendezvous rendezvous;

  public Sensors(List<? extends SensorLink> sensors) {
    list = List.copyOf(sensors);
    usable = list.stream().map(SensorLink::isUsable).toList();
    rendezvous =
        new Rendezvous(
            list.stream().map(SensorLink::sensor).toList(),
            usable.stream().map(good -> good ? 0 : 1).toList());
  }

  /** Returns whether there is none, so that no flow has one. */
  boolean isEmpty() {
    return list.isEmpty();
  }

  /** Returns the position of a flow's sensor; there must be one. */
  int of(int flowHash) {
    return rendezvous.sensor(flowHash);
  }

  List<SensorLink> list() {
    return list;
  }

  /** Returns whether a sensor's being of use has changed since this was made. */
  boolean isOutdated() {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).isUsable() != usable.get(i)) {
        return true;
      }
    }
    return false;
  }
}
