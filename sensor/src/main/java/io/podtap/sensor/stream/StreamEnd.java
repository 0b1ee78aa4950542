/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

/** Why a connection ended: names of counters. */
public enum StreamEnd {
  /** The sender closed it, between two blocks. */
  CLOSED,
  /** It broke, or ended inside a block or without TLS's farewell. */
  BROKEN,
  /** There were too many at once. */
  REFUSED,
  /** What came was no TLS, or the sender could not prove who it is. */
  NOT_TRUSTED,
  /** The handshake took too long. */
  HANDSHAKE_TIMEOUT,
  /** Nothing came for too long. */
  SILENT,
  /** What came was no pcapng, or beyond its bounds. */
  MALFORMED,
  /** The consumer did not want it. */
  UNWANTED,
  /** This side is ending. */
  STOPPED
}
