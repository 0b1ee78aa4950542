/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

/** Names of workloads by their addresses. */
@FunctionalInterface
public interface WorkloadNames {

  /** Calls every workload by its address. */
  WorkloadNames NONE = (address, timeNs) -> "";

  /**
   * Returns the name of the workload that had an address at a time, or an empty text when it is not
   * known.
   *
   * @param address as in logs
   * @param timeNs nanoseconds since 1970
   */
  String nameOf(String address, long timeNs);

  /** Returns the workload's name, or the address when it is not known. */
  default String keyOf(String address, long timeNs) {
    String name = nameOf(address, timeNs);
    return name.isEmpty() ? address : name;
  }
}
