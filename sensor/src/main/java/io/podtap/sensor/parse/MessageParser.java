/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * Follows the messages of one protocol that travel inside those of others: the tokens of a login in
 * a session setup, a bind or the trailer of a call. One object for each flow, whichever protocol
 * carries the messages and on however many channels. The same rules as for {@link StreamParser}.
 */
public interface MessageParser {

  /**
   * Takes one message, whole.
   *
   * @param message valid during the call
   */
  void onMessage(boolean fromOriginator, Payload message);

  /** Says that a login of this flow has ended, as a protocol above tells. */
  default void onLoginEnd(boolean accepted) {}

  /** Writes what is left to write: the flow is over. Called once. */
  void onFlowEnd();
}
