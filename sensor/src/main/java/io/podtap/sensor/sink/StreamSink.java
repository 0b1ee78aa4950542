/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Writes every log to one stream, which stays open: standard output. Who reads it and goes away
 * ends the program, so its failures are thrown.
 */
public final class StreamSink implements LogSink {

  private static final int BUFFER_BYTES = 64 << 10;

  private final Target target;
  private final LogFormat format;
  private final LineBuffer buffer = new LineBuffer(BUFFER_BYTES + (4 << 10));

  /**
   * @param clock tells the time for header lines, nanoseconds since 1970
   */
  public StreamSink(OutputStream target, LogFormat format, LongSupplier clock) {
    this(new Target(target, clock), format);
  }

  private StreamSink(Target target, LogFormat format) {
    this.target = target;
    this.format = format;
    target.enter();
  }

  /** The stream and the logs begun there, which sinks of several threads share. */
  private static final class Target {

    private final OutputStream stream;
    private final LongSupplier clock;
    private final Set<String> begun = new HashSet<>();
    private final LineBuffer frame = new LineBuffer(0);
    private int users;

    Target(OutputStream stream, LongSupplier clock) {
      this.stream = stream;
      this.clock = clock;
    }

    synchronized void begin(LogSchema<?> schema, LogFormat format) {
      if (begun.add(schema.path())) {
        frame.truncate(0);
        format.begin(schema, clock.getAsLong(), frame);
        write(frame);
      }
    }

    synchronized void write(LineBuffer lines) {
      try {
        stream.write(lines.bytes(), 0, lines.length());
        stream.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    synchronized void enter() {
      users++;
    }

    synchronized void leave(LogFormat format) {
      if (--users == 0 && !begun.isEmpty()) {
        frame.truncate(0);
        format.end(clock.getAsLong(), frame);
        write(frame);
      }
    }
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    return new LogStream<>() {
      private boolean begun;

      @Override
      public void write(R row) {
        if (!begun) {
          flush(); // a header stands for the lines that follow
          target.begin(schema, format);
          begun = true;
        }
        format.write(schema, row, buffer);
        if (buffer.length() >= BUFFER_BYTES) {
          flush();
        }
      }
    };
  }

  @Override
  public StreamSink another() {
    return new StreamSink(target, format.another());
  }

  @Override
  public void flush() {
    if (buffer.length() > 0) {
      target.write(buffer);
      buffer.truncate(0);
    }
  }

  @Override
  public void close() {
    flush();
    target.leave(format);
  }
}
