/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import java.util.concurrent.TimeUnit;

/**
 * For how long a sensor's datagrams may leave joined: until {@link #LEASE_NS} after the last probe
 * that it answered was sent. So whoever reads the sensor's interface in its place, and answers
 * nothing, has packets it can read after that time at the latest, and at once where the kernel
 * there says that the port is closed.
 *
 * <p>A state machine without a clock: the caller says what time it is. One thread.
 */
final class JoinLease {

  /** Three probes in a row must be lost before it ends. */
  static final long LEASE_NS = TimeUnit.MILLISECONDS.toNanos(6_500);

  /** How often is asked. */
  static final long PROBE_NS = TimeUnit.SECONDS.toNanos(2);

  /** How often at first, and after the port was closed, so that joining does not wait. */
  static final long PROBE_SOON_NS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How many times. */
  static final int PROBES_SOON = 8;

  private boolean live;
  private boolean answering;
  private long answeredNs;
  private long probeNs;
  private long clockNs;
  private int soon = PROBES_SOON;
  private boolean started;

  /** Counts how often the port was closed: what was asked before is no longer true. */
  private int closings;

  /** Lets time pass; a clock that is set back ends the lease. */
  void advance(long nowNs) {
    if (started && nowNs < clockNs) {
      end();
      probeNs = nowNs;
    }
    if (!started) {
      started = true;
      probeNs = nowNs;
    }
    clockNs = nowNs;
    if (live && nowNs - answeredNs >= LEASE_NS) {
      end();
    }
  }

  /** Returns whether a probe is due, and takes it for sent if so. */
  boolean isProbeDue(long nowNs) {
    if (nowNs < probeNs) {
      return false;
    }
    if (soon > 0) {
      soon--;
    }
    probeNs = nowNs + (soon > 0 && !live ? PROBE_SOON_NS : PROBE_NS);
    return true;
  }

  /** Returns the number that {@link #renew} wants of a probe sent now. */
  int closings() {
    return closings;
  }

  /**
   * Hears that a probe was answered.
   *
   * @param sentNs when the probe was sent
   * @param joined whether the receiver takes joined datagrams
   */
  void renew(long sentNs, boolean joined) {
    answering = true;
    if (joined) {
      live = true;
      answeredNs = Math.max(answeredNs, sentNs);
    } else {
      live = false;
    }
  }

  /** Hears that nobody listens at the sensor's port. */
  void onClosed() {
    if (live || answering) {
      end();
      probeNs = clockNs;
      soon = PROBES_SOON;
    }
    closings++;
  }

  private void end() {
    live = false;
    answering = false;
    answeredNs = 0;
  }

  /** Returns whether datagrams may leave joined. */
  boolean isLive() {
    return live;
  }

  /** Returns whether the sensor has answered lately, whatever it said. */
  boolean isAnswering() {
    return answering;
  }
}
