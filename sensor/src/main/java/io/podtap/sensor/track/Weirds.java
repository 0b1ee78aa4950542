package io.podtap.sensor.track;

/** How often each oddity was met. One thread. */
public final class Weirds {

  private final long[] counts = new long[Weird.values().length];

  /** Counts one. */
  public void add(Weird weird) {
    counts[weird.ordinal()]++;
  }

  /** Returns how often {@code weird} was met. */
  public long count(Weird weird) {
    return counts[weird.ordinal()];
  }
}
