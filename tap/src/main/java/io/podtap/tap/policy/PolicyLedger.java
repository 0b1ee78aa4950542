/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import io.podtap.core.text.PlainText;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/** What became of options that were to change while the tap ran. Any thread. */
public final class PolicyLedger {

  /** The last ones are kept; the others are counted. */
  private static final int EVENTS_MAX = 32;

  private static final int TEXT_CHARACTERS_MAX = 256;

  /** What became of one. */
  public enum Outcome {
    /** It is in use. */
    CHANGED,
    /** It is invalid, and the former value stays. */
    REFUSED,
    /** It takes effect at the next start alone. */
    AT_NEXT_START
  }

  /**
   * One of them.
   *
   * @param option without dashes
   * @param from what was in use
   * @param to what was asked for
   */
  public record Event(Instant time, String option, Outcome outcome, String from, String to) {}

  /** Counts, and the last events. */
  public record Snapshot(long changed, long refused, long atNextStart, List<Event> events) {}

  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private final long[] counts = new long[Outcome.values().length];

  synchronized void add(String option, Outcome outcome, String from, String to) {
    counts[outcome.ordinal()]++;
    if (events.size() == EVENTS_MAX) {
      events.removeFirst();
    }
    events.add(
        new Event(
            Instant.now(),
            PlainText.of(option, TEXT_CHARACTERS_MAX),
            outcome,
            PlainText.of(from, TEXT_CHARACTERS_MAX),
            PlainText.of(to, TEXT_CHARACTERS_MAX)));
  }

  /** Returns what was counted so far. */
  public synchronized Snapshot snapshot() {
    return new Snapshot(
        counts[Outcome.CHANGED.ordinal()],
        counts[Outcome.REFUSED.ordinal()],
        counts[Outcome.AT_NEXT_START.ordinal()],
        List.copyOf(events));
  }
}
