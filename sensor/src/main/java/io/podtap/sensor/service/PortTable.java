/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.service;

import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Service;
import java.util.Map;
import java.util.TreeMap;

/** Services by port: a sorted array, since there are some sixty ports. Not changed once built. */
public final class PortTable {

  private final int[] ports;
  private final ServiceSet[] services;

  private PortTable(Map<Integer, ServiceSet> byPort) {
    ports = byPort.keySet().stream().mapToInt(Integer::intValue).toArray();
    services = byPort.values().toArray(new ServiceSet[0]);
  }

  /** Returns the services of a port. */
  public ServiceSet at(int port) {
    int low = 0;
    int high = ports.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (ports[middle] == port) {
        return services[middle];
      }
      if (ports[middle] < port) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return ServiceSet.EMPTY;
  }

  /** Collects what becomes a table. */
  public static final class Builder {

    private final Map<Integer, ServiceSet> byPort = new TreeMap<>();

    /** Adds ports of a service. */
    public Builder add(Service service, int... numbers) {
      for (int port : numbers) {
        byPort.merge(port, service.alone(), ServiceSet::union);
      }
      return this;
    }

    /** Returns the table of all that was added so far. */
    public PortTable build() {
      return new PortTable(byPort);
    }
  }
}
