/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.Endpoint;
import io.podtap.core.kubernetes.ApiFailure;
import java.util.List;
import java.util.Map;

/**
 * How discovery stands.
 *
 * @param target what is looked for, as the user wrote it
 * @param sensors those in use
 * @param ready how many are ready, the unused ones on other nodes included
 * @param following whether the set is current as far as anybody can know: a watch is open, or DNS
 *     has answered
 * @param syncedNs when the set was last known to be current, {@link System#nanoTime}; 0 for never
 * @param requests lists, watches and lookups begun
 * @param failures by cause
 * @param problem what is wrong now, one line; empty when nothing is
 */
public record DiscoveryStatus(
    String target,
    List<Endpoint> sensors,
    int ready,
    boolean following,
    long syncedNs,
    long requests,
    Map<ApiFailure, Long> failures,
    String problem) {

  /** Returns seconds since the set was known to be current; -1 for never. */
  public double ageSeconds(long nowNs) {
    return syncedNs == 0 ? -1 : Math.max(nowNs - syncedNs, 0) / 1e9;
  }
}
