/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

/**
 * One detection at work. It is made by its {@link DetectionKind}, and called by one thread at a
 * time.
 */
public interface Detection {

  /** Subscribes to the logs and events that it needs; called once, before the first record. */
  void subscribe(Subscriptions records);

  /**
   * Lets time pass: windows end, state expires. Called at most once for each second of packet time,
   * and before the end.
   *
   * @param nowNs time of packets, nanoseconds since 1970
   */
  default void advance(long nowNs) {}

  /** Says that flows which are open now are cut off by the end of the capture. */
  default void ending() {}

  /** Says that no record follows: what waits for more is decided now. */
  default void end(long nowNs) {}

  /** Returns why a file cannot be read again, in one line, or an empty text. Any thread. */
  default String problem() {
    return "";
  }

  /** Returns an estimate of the state that is held, bytes. */
  default long heldBytes() {
    return 0;
  }

  /** Returns how many entries of the state were given up because it was full. */
  default long evicted() {
    return 0;
  }
}
