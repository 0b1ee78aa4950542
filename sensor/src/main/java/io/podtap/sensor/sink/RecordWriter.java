/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;

/**
 * The records of one log by one thread, buffered until there are enough for the file, which other
 * threads may share.
 *
 * @param <R> what records are made of
 */
final class RecordWriter<R> implements LogStream<R> {

  /** Most logs stay empty for ever. */
  private static final int BUFFER_BYTES_FIRST = 256;

  private final LogSchema<R> schema;
  private final LogFormat format;
  private final LogFile file;
  private final LossHandler losses;
  private final int bufferBytes;
  private LineBuffer buffer = new LineBuffer(BUFFER_BYTES_FIRST);
  private long records;
  private boolean failing;

  /**
   * @param bufferBytes size at which what is buffered is written
   */
  RecordWriter(
      LogSchema<R> schema, LogFormat format, LogFile file, LossHandler losses, int bufferBytes) {
    this.bufferBytes = bufferBytes;
    this.schema = schema;
    this.format = format;
    this.file = file;
    this.losses = losses;
  }

  @Override
  public void write(R row) {
    format.write(schema, row, buffer);
    records++;
    if (buffer.length() >= bufferBytes) {
      flush();
    }
  }

  /** Writes what is buffered; what cannot be written is tried again until the buffer is full. */
  void flush() {
    try {
      if (records > 0) {
        file.append(buffer.bytes(), buffer.length());
        clear();
        if (failing) {
          failing = false;
          losses.onRecovered(schema.path());
        }
      }
      file.rotateWhenDue();
    } catch (IOException e) {
      failing = true;
      losses.onFailure(schema.path(), e);
      if (buffer.length() >= bufferBytes) {
        giveUp();
      }
    }
  }

  /** Counts as lost what the last {@link #flush} has left. */
  void giveUp() {
    if (records > 0) {
      losses.onLost(schema.path(), records);
      clear();
    }
  }

  private void clear() {
    if (buffer.bytes().length > 2 * bufferBytes) {
      buffer = new LineBuffer(BUFFER_BYTES_FIRST); // a row was very long; most are not
    }
    buffer.truncate(0);
    records = 0;
  }
}
