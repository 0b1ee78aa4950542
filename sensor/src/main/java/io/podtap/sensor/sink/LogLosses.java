package io.podtap.sensor.sink;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Counts the records that a full disk or a folder that is gone has cost, and lets the sensor go on.
 * Any thread; {@link #news} one at a time.
 */
public final class LogLosses implements LossHandler {

  private static final long NEWS_NS = TimeUnit.MINUTES.toNanos(1);

  private final Map<String, Long> lost = new ConcurrentHashMap<>();
  private volatile String lastFailure = "";
  private volatile boolean failing;
  private Map<String, Long> told = Map.of();
  private boolean toldFailing;
  private long nextNewsNs = Long.MIN_VALUE;

  @Override
  public void onFailure(String log, IOException cause) {
    lastFailure = log + ".log: " + cause.getMessage();
    failing = true;
  }

  @Override
  public void onLost(String log, long records) {
    lost.merge(log, records, Long::sum);
  }

  /** Returns the records lost so far, by log. */
  public Map<String, Long> counts() {
    return new TreeMap<>(lost);
  }

  /**
   * Returns a line for the sensor's own log when writing fails or failed, at most once a minute.
   *
   * @param nowNs nanoseconds since any moment
   */
  public Optional<String> news(long nowNs) {
    if (nowNs < nextNewsNs) {
      return Optional.empty();
    }
    boolean failed = failing;
    failing = false;
    Map<String, Long> now = counts();
    boolean isOver = toldFailing && !failed;
    if (!failed && !isOver) {
      return Optional.empty();
    }
    Map<String, Long> before = told;
    String records =
        now.entrySet().stream()
            .map(entry -> Map.entry(entry.getKey(), more(entry, before)))
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> entry.getValue() + " of " + entry.getKey() + ".log")
            .collect(Collectors.joining(", "));
    nextNewsNs = nowNs + NEWS_NS;
    told = now;
    toldFailing = failed;
    return Optional.of(
        (failed ? "logs cannot be written (" + lastFailure + ")" : "logs are written again")
            + "; records lost"
            + (before.isEmpty() ? ": " : " since the last such line: ")
            + (records.isEmpty() ? "none" : records));
  }

  private static long more(Map.Entry<String, Long> entry, Map<String, Long> before) {
    return entry.getValue() - before.getOrDefault(entry.getKey(), 0L);
  }
}
