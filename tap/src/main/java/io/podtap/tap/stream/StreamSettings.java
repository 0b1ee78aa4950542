/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.config.SettingsException;
import java.util.concurrent.TimeUnit;

/**
 * How a stream behaves.
 *
 * @param queueBytes memory of each sensor's queue, a power of two
 * @param connectNs how long a connection may take until it can carry packets
 * @param stallNs how long a peer may take nothing before it counts as gone
 * @param statisticsNs time between two statistics
 * @param drainNs how long a stream that ends may take to send what it has
 */
public record StreamSettings(
    int queueBytes, long connectNs, long stallNs, long statisticsNs, long drainNs) {

  public static final int QUEUE_BYTES_MIN = 1 << 20;
  public static final int QUEUE_BYTES_MAX = 1 << 30;

  public static final StreamSettings DEFAULT =
      new StreamSettings(
          8 << 20,
          TimeUnit.SECONDS.toNanos(5),
          TimeUnit.SECONDS.toNanos(20),
          TimeUnit.SECONDS.toNanos(10),
          TimeUnit.MILLISECONDS.toNanos(600));

  public StreamSettings {
    if (queueBytes < QUEUE_BYTES_MIN || queueBytes > QUEUE_BYTES_MAX) {
      throw new SettingsException(
          "queue of "
              + queueBytes
              + " bytes is out of range "
              + QUEUE_BYTES_MIN
              + " to "
              + QUEUE_BYTES_MAX);
    }
    if (Integer.bitCount(queueBytes) != 1) {
      throw new SettingsException("queue of " + queueBytes + " bytes is not a power of two");
    }
  }

  /** Returns the same with another queue. */
  public StreamSettings withQueueBytes(int bytes) {
    return new StreamSettings(bytes, connectNs, stallNs, statisticsNs, drainNs);
  }
}
