/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.log.LogSchema;

/** Writes every record to two places. */
public final class TwinSink implements LogSink {

  private final LogSink first;
  private final LogSink second;

  /** Closes both in this order, the second also when the first fails. */
  public TwinSink(LogSink first, LogSink second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public TwinSink another() {
    return new TwinSink(first.another(), second.another());
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    LogStream<R> one = first.open(schema);
    LogStream<R> other = second.open(schema);
    return row -> {
      one.write(row);
      other.write(row);
    };
  }

  @Override
  public void flush() {
    first.flush();
    second.flush();
  }

  @Override
  public void close() {
    try (second) {
      first.close();
    }
  }
}
