package io.podtap.sensor.dispatch;

/**
 * What {@code weird.log} has said of hosts and of nobody in particular. Analyses that share their
 * logs share this. Any thread.
 */
public final class WeirdMemory {

  /** Oddities without addresses: so many, then one of so many. */
  private static final int SAMPLING_THRESHOLD = 25;

  private static final int SAMPLING_RATE = 1_000;

  private final RecentSet hosts = new RecentSet(1 << 14);
  private long unaddressed;

  /** Remembers an oddity of a host; returns whether it was not known. */
  synchronized boolean add(long id, long nowNs, long lifetimeNs) {
    return hosts.add(id, nowNs, lifetimeNs);
  }

  /** Counts an oddity of nobody; returns whether it is to be written. */
  synchronized boolean isSample() {
    unaddressed++;
    return unaddressed <= SAMPLING_THRESHOLD || unaddressed % SAMPLING_RATE == 0;
  }
}
