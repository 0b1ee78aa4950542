/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection to a message broker. One thread, which may be made to wait. */
public interface BrokerClient {

  /** What became of one message. Told once, on any thread, unless it was not accepted. */
  interface Receipt {

    /** The broker has it. */
    void delivered();

    /** It is lost; {@code reason} is one line. */
    void failed(String reason);
  }

  /**
   * Takes one message, which goes out later; those of one key and topic stay in their order.
   *
   * @param key what goes to the same partition, or null for any; not changed afterwards
   * @param value the message; not changed afterwards
   * @return null, or in one line why it was not accepted for now: the broker is away or slow, and
   *     the same message can be sent again
   * @throws InterruptedException when the thread was interrupted while it waited
   */
  @Nullable String send(String topic, byte @Nullable [] key, byte[] value, Receipt receipt)
      throws InterruptedException;

  /** Waits for what was accepted, so long at most; what is left fails. */
  void close(Duration patience);
}
