/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Told of records that could not be written. Any thread. */
public interface LossHandler {

  /** Gives up at the first failure: a capture file can be read again. */
  LossHandler GIVE_UP =
      new LossHandler() {
        @Override
        public void onFailure(String log, IOException cause) {
          throw new UncheckedIOException(cause);
        }

        @Override
        public void onLost(String log, long records) {
          // was thrown before
        }
      };

  /**
   * Says that a log could not be written just now. Nothing is lost yet: what is buffered is tried
   * again.
   *
   * @param log its path, {@code conn} for example
   */
  void onFailure(String log, IOException cause);

  /** Says that a log that could not be written can be written again. */
  default void onRecovered(String log) {}

  /** Says that the last line of an earlier run was incomplete and has been cut off: a record. */
  default void onCut(String log) {}

  /** Says that so many records of a log are lost: their buffer was full. */
  void onLost(String log, long records);
}
