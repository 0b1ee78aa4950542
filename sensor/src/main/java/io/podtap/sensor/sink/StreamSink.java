package io.podtap.sensor.sink;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Writes every log to one stream, which stays open: standard output. */
public final class StreamSink implements LogSink {

  private static final int BUFFER_BYTES = 64 << 10;

  private final OutputStream target;
  private final LogFormat format;
  private final LongSupplier clock;
  private final LineBuffer buffer = new LineBuffer(BUFFER_BYTES + (4 << 10));
  private final List<LogSchema<?>> begun = new ArrayList<>();

  /**
   * @param clock tells the time for header lines, nanoseconds since 1970
   */
  public StreamSink(OutputStream target, LogFormat format, LongSupplier clock) {
    this.target = target;
    this.format = format;
    this.clock = clock;
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    return row -> {
      if (!begun.contains(schema)) {
        begun.add(schema);
        format.begin(schema, clock.getAsLong(), buffer);
      }
      format.write(schema, row, buffer);
      if (buffer.length() >= BUFFER_BYTES) {
        flush();
      }
    };
  }

  @Override
  public void flush() {
    try {
      target.write(buffer.bytes(), 0, buffer.length());
      target.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.truncate(0);
  }

  @Override
  public void close() {
    if (!begun.isEmpty()) {
      format.end(clock.getAsLong(), buffer);
    }
    flush();
  }
}
