/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * Follows what one TCP connection carries, in one protocol: one object for each connection.
 *
 * <p>Never throws on what comes over the wire: what is odd is a {@link Session#weird}, what is not
 * this protocol at all ends with {@link Session#violation}, after which nothing more is handed over
 * but {@link #onFlowEnd}. Everything it keeps is bounded. One thread.
 */
public interface StreamParser {

  /**
   * Takes the next bytes of one end, each once and in order.
   *
   * @param data valid during the call; whatever is not kept elsewhere is gone
   */
  void onData(boolean fromOriginator, Payload data);

  /** Says that the next {@code length} bytes of one end will never come. */
  void onGap(boolean fromOriginator, long length);

  /** Says that one end has sent all it will send. */
  default void onEnd(boolean fromOriginator) {}

  /** Writes what is left to write: the connection is over. Called once, also after a violation. */
  void onFlowEnd();
}
