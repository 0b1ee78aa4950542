/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import java.util.concurrent.TimeUnit;

/**
 * How far this machine's clock is ahead of that of a tap, by what arrives from there: when it was
 * sent by the tap's clock, and when it came by ours. The difference is the offset and the time on
 * the way; the least difference of the last half to one minute is the best guess. Written by one
 * thread, read by any.
 *
 * @see "RFC 5905 section 10, clock filter"
 */
public final class ClockOffset {

  /** A tap's time may differ from ours by this much; beyond, the time of arrival counts. */
  public static final long SKEW_NS_MAX = TimeUnit.SECONDS.toNanos(300);

  /** A tap whose times were left out is trusted again when it is better than the bound by this. */
  private static final long MARGIN_NS = TimeUnit.SECONDS.toNanos(10);

  private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(30);

  /** Less is the time on the way, and what clocks that are set by the network differ by. */
  private static final long NOISE_NS = TimeUnit.MILLISECONDS.toNanos(20);

  /** So long may what a tap sends have waited there when it begins. */
  private static final long BACKLOG_NS = TimeUnit.SECONDS.toNanos(5);

  private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long NOTHING = Long.MAX_VALUE;

  private boolean isTrusted = true;
  private long firstNs;
  private long windowNs;
  private long leastBefore = NOTHING;
  private long least = NOTHING;
  private volatile long guessNs = NOTHING;

  /**
   * Takes a time of the tap.
   *
   * @param sentNs by the tap's clock, nanoseconds since 1970
   * @param receivedNs by ours
   * @return whether the tap's time is near enough to ours to be used
   */
  public boolean observe(long sentNs, long receivedNs) {
    long difference = receivedNs - sentNs;
    long distance = Math.abs(difference);
    if (distance > SKEW_NS_MAX) {
      isTrusted = false;
    } else if (distance <= SKEW_NS_MAX - MARGIN_NS) {
      isTrusted = true;
    }
    if (!isTrusted) {
      return false;
    }
    if (firstNs == 0) {
      firstNs = receivedNs;
      windowNs = receivedNs;
    }
    if (receivedNs - windowNs >= WINDOW_NS) {
      leastBefore = least;
      least = difference;
      windowNs = receivedNs;
    } else if (difference < least) {
      least = difference;
    }
    long guess = Math.min(least, leastBefore);
    if (guess != guessNs) {
      guessNs = guess;
    }
    return true;
  }

  /** Returns whether the tap has told any time. Any thread. */
  public boolean isKnown() {
    return guessNs != NOTHING;
  }

  /** Returns how far the tap's clock is ahead of ours, as far as known. Any thread. */
  public long tapAheadNs() {
    return isKnown() ? -guessNs : 0;
  }

  /**
   * Returns what is to be added to the tap's times to have them by our clock, or 0 while the
   * difference may as well be the time on the way.
   */
  public long correctionNs(long nowNs) {
    long guess = guessNs;
    if (guess == NOTHING || Math.abs(guess) < NOISE_NS) {
      return 0;
    }
    boolean isCertain = guess < 0 || guess > BACKLOG_NS || nowNs - firstNs >= WARM_UP_NS;
    return isCertain ? guess : 0;
  }
}
