/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Counts the records that a full disk or a folder that is gone has cost, and lets the sensor go on.
 * Any thread; {@link #news} one at a time.
 */
public final class LogLosses implements LossHandler {

  private static final long NEWS_NS = TimeUnit.MINUTES.toNanos(1);

  /** A log that nothing is written to says nothing of its disk after so long. */
  private static final long LATELY_NS = TimeUnit.MINUTES.toNanos(1);

  /** Records that were lost are a problem for so long, even if those that followed were written. */
  private static final long LOST_NS = TimeUnit.SECONDS.toNanos(15);

  private final LongSupplier clock;

  /** Logs that could not be written when that was tried last. */
  private final Set<String> unwritable = ConcurrentHashMap.newKeySet();

  private final Set<String> cut = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> lost = new ConcurrentHashMap<>();
  private volatile String lastFailure = "";
  private volatile boolean failing;
  private volatile long lastFailureNs;

  /** When records were lost last, or 0. */
  private volatile long lastLossNs;

  private Map<String, Long> told = Map.of();
  private boolean toldFailing;
  private long nextNewsNs = Long.MIN_VALUE;

  /** Makes one by the clock of this machine. */
  public LogLosses() {
    this(System::nanoTime);
  }

  /**
   * @param clock tells nanoseconds since any moment; any thread
   */
  public LogLosses(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public void onFailure(String log, IOException cause) {
    lastFailure = log + ".log: " + reason(cause);
    failing = true;
    lastFailureNs = clock.getAsLong();
    unwritable.add(log);
  }

  /** Most of what the JDK says of a file that is not there is its name. */
  private static String reason(IOException cause) {
    return cause instanceof NoSuchFileException
        ? "'" + cause.getMessage() + "' cannot be made: its folder is gone"
        : String.valueOf(cause.getMessage());
  }

  @Override
  public void onRecovered(String log) {
    unwritable.remove(log);
  }

  @Override
  public void onCut(String log) {
    lost.merge(log, 1L, Long::sum);
    cut.add(log);
  }

  /**
   * Returns why records could not be written within the last minute, or that some were lost within
   * the last 15 seconds; an empty text when all is well. Any thread.
   */
  public String problem() {
    long nowNs = clock.getAsLong();
    if (!unwritable.isEmpty() && nowNs - lastFailureNs < LATELY_NS) {
      return "logs cannot be written (" + lastFailure + ")";
    }
    return lastLossNs != 0 && nowNs - lastLossNs < LOST_NS
        ? "records were lost (" + lastFailure + ")"
        : "";
  }

  @Override
  public void onLost(String log, long records) {
    lost.merge(log, records, Long::sum);
    lastLossNs = clock.getAsLong();
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
    if (!cut.isEmpty()) {
      String logs = String.join(", ", new TreeSet<>(cut));
      cut.clear();
      return Optional.of(
          "a record that an earlier run had not written to its end is cut off in: " + logs);
    }
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
