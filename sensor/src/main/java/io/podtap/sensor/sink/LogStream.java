/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

/**
 * Takes the records of one log.
 *
 * @param <R> what records are made of
 */
@FunctionalInterface
public interface LogStream<R> {

  /**
   * Writes one record; the row is not kept.
   *
   * @throws java.io.UncheckedIOException when the log cannot be written and that is to end the
   *     program
   */
  void write(R row);
}
