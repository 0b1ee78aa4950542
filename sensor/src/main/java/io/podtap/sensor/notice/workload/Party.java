/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

/**
 * One end of a record: an address, and the workload that it belonged to at the time.
 *
 * @param address as logs show it
 * @param workload the workload, {@code namespace/name}, or an empty text when it is unknown
 * @param isExternal whether it is neither a known workload nor a private address
 */
public record Party(String address, String workload, boolean isExternal) {

  /** Returns what state is kept by: the workload, or the address where it is unknown. */
  public String key() {
    return workload.isEmpty() ? address : workload;
  }

  /** Returns what a reader is shown. */
  public String name() {
    return workload.isEmpty() ? address : workload + " (" + address + ")";
  }
}
