/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

/** What a stream says beside packets: whole pcapng blocks. Called by the streams' threads. */
public interface StreamText {

  /** When it is said. */
  enum Moment {
    CONNECTED,
    RUNNING,
    STOPPING
  }

  /** Returns what a connection begins with: section header and interfaces. */
  byte[] beginning();

  /**
   * Returns the statistics of all interfaces and the tap's report.
   *
   * @param packetsSent packets that stand before it, in all connections to this sensor
   */
  byte[] statistics(Moment moment, long packetsSent);
}
