/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Connections that were added up. */
final class Tally {

  private long connections;
  private long failures;
  private long originatorBytes;
  private long responderBytes;
  private long firstNs = Long.MAX_VALUE;
  private long lastNs = Long.MIN_VALUE;

  /** Adds one connection. */
  void add(Connection connection) {
    connections++;
    failures += connection.isFailed() ? 1 : 0;
    originatorBytes += connection.originatorBytes();
    responderBytes += connection.responderBytes();
    firstNs = Math.min(firstNs, connection.startNs());
    lastNs = Math.max(lastNs, connection.endNs());
  }

  /** Adds what another has added up. */
  void add(Tally other) {
    connections += other.connections;
    failures += other.failures;
    originatorBytes += other.originatorBytes;
    responderBytes += other.responderBytes;
    firstNs = Math.min(firstNs, other.firstNs);
    lastNs = Math.max(lastNs, other.lastNs);
  }

  long connections() {
    return connections;
  }

  long failures() {
    return failures;
  }

  boolean hasSuccess() {
    return failures < connections;
  }

  long originatorBytes() {
    return originatorBytes;
  }

  long responderBytes() {
    return responderBytes;
  }

  /** Returns when the first connection began, in UTC and whole seconds. */
  String first() {
    return time(firstNs);
  }

  /** Returns when the last connection ended. */
  String last() {
    return time(lastNs);
  }

  private static String time(long timeNs) {
    return Instant.ofEpochSecond(Math.floorDiv(timeNs, 1_000_000_000L))
        .truncatedTo(ChronoUnit.SECONDS)
        .toString();
  }
}
