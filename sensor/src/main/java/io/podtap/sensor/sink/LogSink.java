/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.log.LogSchema;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A place for logs. One thread; {@link #another} is for a further one. */
public interface LogSink extends AutoCloseable {

  /** Opens the log of {@code schema}; its file begins with its first record. */
  <R> LogStream<R> open(LogSchema<R> schema);

  /**
   * Opens a stream of what a parser notes for detections only, which no log has; null, the usual
   * case, when nobody wants it.
   */
  default <R> @Nullable LogStream<R> events(LogSchema<R> schema) {
    return null;
  }

  /** Returns when detections want to see flows that are open; null, the usual case, for never. */
  default @Nullable FlowAges flowAges() {
    return null;
  }

  /** Says by which clock packets are analyzed, nanoseconds since 1970; called once. */
  default void timedBy(LongSupplier packetTimeNs) {}

  /** Says that flows which are open now are cut off by the end of the capture. */
  default void ending() {}

  /**
   * Returns a sink to the same logs for another thread, which closes it. Lines of several threads
   * stand whole beside each other; files end with the last sink.
   */
  LogSink another();

  /**
   * Hands what is buffered to the operating system and begins new files where it is time to.
   *
   * @throws java.io.UncheckedIOException when a log cannot be written and that is to end the
   *     program
   */
  void flush();

  /**
   * Writes what is buffered; nothing that can be written is lost.
   *
   * @throws java.io.UncheckedIOException when a log cannot be written and that is to end the
   *     program
   */
  @Override
  void close();
}
