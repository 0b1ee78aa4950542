/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.log.LogSchema;

/** A place for logs. One thread; {@link #another} is for a further one. */
public interface LogSink extends AutoCloseable {

  /** Opens the log of {@code schema}; its file begins with its first record. */
  <R> LogStream<R> open(LogSchema<R> schema);

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
