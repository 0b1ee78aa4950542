/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

/**
 * What {@code weird.log} has said of hosts, of pairs of hosts and of nobody in particular. Analyses
 * that share their logs share this. Any thread.
 */
public final class WeirdMemory {

  private final RecentSet said = new RecentSet(1 << 14);

  /** Remembers a weird; returns whether it was not known. */
  synchronized boolean add(long id, long nowNs, long lifetimeNs) {
    return said.add(id, nowNs, lifetimeNs);
  }
}
