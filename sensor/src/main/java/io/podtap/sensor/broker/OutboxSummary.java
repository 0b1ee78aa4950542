/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

import java.util.List;

/**
 * What an outbox has counted at one moment.
 *
 * @param bufferedBytes bytes of records that wait or are on their way
 * @param logs one for each log, in the order in which they were opened
 */
public record OutboxSummary(long bufferedBytes, List<Log> logs) {

  /** No outbox. */
  public static final OutboxSummary NONE = new OutboxSummary(0, List.of());

  /**
   * Of one log; {@code delivered + dropped + failed + buffered} is how many records there were.
   *
   * @param delivered the broker has confirmed them
   * @param dropped the buffer was full
   * @param failed the broker refused them, or was away for too long
   * @param buffered waiting or on their way
   */
  public record Log(String name, long delivered, long dropped, long failed, long buffered) {

    /** Returns how many were lost, for whatever reason. */
    public long lost() {
      return dropped + failed;
    }
  }

  public OutboxSummary {
    logs = List.copyOf(logs);
  }
}
