/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import io.podtap.sensor.log.LogSchema;

/** The columns with which every inventory begins: when, and of which host. */
interface HostRow {

  /** Returns when it was seen, nanoseconds since 1970. */
  long timeNs();

  /** Returns the host's address, as in logs. */
  String host();

  /**
   * Begins the declaration of an inventory.
   *
   * @param when what {@code ts} says
   * @param whose what {@code host} says
   */
  static <R extends HostRow> LogSchema.Builder<R> begin(
      String log, String meaning, String when, String whose) {
    return LogSchema.<R>named(log, meaning)
        .time("ts", when, HostRow::timeNs)
        .address(
            "host",
            whose,
            (row, out) -> {
              out.latin1(row.host());
              return true;
            });
  }
}
