/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

/** Zeek's default intervals, nanoseconds. */
final class Timing {

  static final long TCP_INACTIVITY_NS = MINUTES.toNanos(5);
  static final long UDP_INACTIVITY_NS = MINUTES.toNanos(1);
  static final long ICMP_INACTIVITY_NS = MINUTES.toNanos(1);
  static final long UNKNOWN_INACTIVITY_NS = MINUTES.toNanos(1);

  /** Silence of a TCP connection that has not been set up ({@code MakeSessionAdapter}). */
  static final long TCP_HANDSHAKE_INACTIVITY_NS = UDP_INACTIVITY_NS;

  /** {@code tcp_attempt_delay}: a SYN without an answer. */
  static final long TCP_ATTEMPT_NS = SECONDS.toNanos(5);

  /** {@code tcp_SYN_timeout}: the first look at a connection. */
  static final long TCP_FIRST_LOOK_NS = SECONDS.toNanos(5);

  /** {@code tcp_session_timer}: between two looks at a half-closed connection. */
  static final long TCP_LOOK_NS = SECONDS.toNanos(6);

  /** {@code tcp_connection_linger}: silence after which such a look ends it. */
  static final long TCP_LINGER_NS = SECONDS.toNanos(5);

  /** {@code tcp_close_delay}: how long a closed connection is kept. */
  static final long TCP_CLOSE_NS = SECONDS.toNanos(5);

  /** {@code inactivity.zeek}: silence of connections behind which a person may sit. */
  static final long INTERACTIVE_INACTIVITY_NS = HOURS.toNanos(1);

  /** A look at a flow ends it that has been silent for the period less so much. */
  static final long LOOK_SLACK_NS = SECONDS.toNanos(1);

  private Timing() {}
}
