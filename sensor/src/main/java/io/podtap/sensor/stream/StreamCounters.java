/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.trust.TrustStatus;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StreamServer} has counted.
 *
 * @param open connections that have proved who they are and stand
 * @param opened of those, all since the start
 * @param bytes decrypted
 * @param ends connections by how they ended
 * @param starved how often nothing could be read since every buffer was with the consumer
 * @param trust how this side's certificate and its peers' stand; null before anything is listened
 *     to
 */
public record StreamCounters(
    int open,
    long opened,
    long bytes,
    Map<StreamEnd, Long> ends,
    long starved,
    @Nullable TrustStatus trust) {

  /** Nothing yet. */
  public static final StreamCounters NONE =
      new StreamCounters(0, 0, 0, new EnumMap<>(StreamEnd.class), 0, null);

  /** Returns connections that were ended from this side because of what they did or were. */
  public long turnedAway() {
    return ends.entrySet().stream()
        .filter(end ->
            switch (end.getKey()) {
              case CLOSED, BROKEN, STOPPED -> false;
              default -> true;
            })
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
