/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

/** How a connection went, in few words. */
enum EdgeOutcome {
  /** The responder accepted it, or answered datagrams. */
  ANSWERED("answered", "Connections that the destination accepted, or datagrams it answered."),
  /** The responder accepted it, and one end reset it. */
  RESET("reset", "Connections that were accepted, and ended by a reset."),
  /** The responder refused it. */
  REJECTED("rejected", "Connections that the destination refused."),
  /** Nobody answered. */
  UNANSWERED("unanswered", "Connections or datagrams without an answer."),
  /** The beginning was not seen. */
  PARTIAL("partial", "Connections whose beginning was not seen.");

  final String label;
  final String meaning;

  EdgeOutcome(String label, String meaning) {
    this.label = label;
    this.meaning = meaning;
  }

  /** Returns whether no server has shown that it exists. */
  boolean isAttempt() {
    return this == REJECTED || this == UNANSWERED;
  }

  /**
   * Returns the outcome of a connection.
   *
   * @param state Zeek's {@code conn_state}
   * @param hasAnswer whether the responder has sent a packet: all that ICMP and others tell
   */
  static EdgeOutcome of(String state, boolean hasStates, boolean hasAnswer) {
    if (!hasStates) {
      return hasAnswer ? ANSWERED : UNANSWERED;
    }
    return switch (state) {
      case "SF", "S1", "S2", "S3" -> ANSWERED;
      case "RSTO", "RSTR" -> RESET;
      case "REJ", "RSTRH" -> REJECTED;
      case "S0", "SH", "RSTOS0" -> UNANSWERED;
      default -> PARTIAL;
    };
  }
}
