package io.podtap.core.agent;

/**
 * When a loop has turned last. The loop's thread {@link #beat}s now and then, several times a
 * second; any thread asks.
 */
public final class Heartbeat {

  private final String loop;
  private final long lateNs;
  private volatile long lastNs = System.nanoTime();
  private volatile boolean ended;

  Heartbeat(String loop, long lateNs) {
    this.loop = loop;
    this.lateNs = lateNs;
  }

  /** Says that the loop turns. */
  public void beat() {
    lastNs = System.nanoTime();
  }

  /** Says that the loop has ended as it should, or drains what is left. */
  public void end() {
    ended = true;
  }

  /** Returns how long the loop has not turned, in words, or an empty text when that is not long. */
  String problem() {
    long silentNs = System.nanoTime() - lastNs;
    return ended || silentNs < lateNs
        ? ""
        : loop + " has not turned for " + silentNs / 1_000_000_000L + " s";
  }
}
