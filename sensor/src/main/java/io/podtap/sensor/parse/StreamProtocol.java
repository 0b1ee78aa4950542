/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * A protocol over TCP that the sensor understands. One object for each analysis, made with the logs
 * that its parsers write to.
 */
public interface StreamProtocol {

  /** Returns what it is called, and found as. */
  Service service();

  /** Makes the parser of one connection, which is fed from the connection's first byte on. */
  StreamParser begin(Session session);

  /** Returns whether a parser makes sense of a connection whose beginning was not seen. */
  default boolean followsPartial() {
    return false;
  }
}
