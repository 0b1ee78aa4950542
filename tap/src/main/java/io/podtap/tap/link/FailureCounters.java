/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.link;

import io.podtap.core.report.Counters;

/** Packets that were not sent, by cause, and their bytes. Written by the hot thread. */
public final class FailureCounters {

  private final Counters<FailureCause> packets = new Counters<>(FailureCause.class);
  private long bytes;

  /**
   * Counts packets.
   *
   * @param count how many
   * @param length bytes of all of them, as {@link SensorLink#bytesSent} counts
   */
  public void add(FailureCause cause, long count, long length) {
    packets.add(cause, count);
    bytes += length;
  }

  /** Returns the packets, by cause. */
  public Counters<FailureCause> packets() {
    return packets;
  }

  /** Returns the packets' bytes. */
  public long bytes() {
    return bytes;
  }
}
