package io.podtap.core.stream;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a {@link StreamServer} has counted.
 *
 * @param open connections that have proved who they are and stand
 * @param opened of those, all since the start
 * @param bytes decrypted
 * @param ends connections by how they ended
 * @param starved how often nothing could be read since every buffer was with the consumer
 */
public record StreamCounters(
    int open, long opened, long bytes, Map<StreamEnd, Long> ends, long starved) {

  /** Nothing yet. */
  public static final StreamCounters NONE =
      new StreamCounters(0, 0, 0, new EnumMap<>(StreamEnd.class), 0);

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
