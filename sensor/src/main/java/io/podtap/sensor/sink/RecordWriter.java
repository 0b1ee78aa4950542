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

  private static final int BUFFER_BYTES = 64 << 10;

  /** Most logs stay empty for ever. */
  private static final int BUFFER_BYTES_FIRST = 256;

  private final LogSchema<R> schema;
  private final LogFormat format;
  private final LogFile file;
  private final LossHandler losses;
  private final LineBuffer buffer = new LineBuffer(BUFFER_BYTES_FIRST);
  private long records;

  RecordWriter(LogSchema<R> schema, LogFormat format, LogFile file, LossHandler losses) {
    this.schema = schema;
    this.format = format;
    this.file = file;
    this.losses = losses;
  }

  @Override
  public void write(R row) {
    format.write(schema, row, buffer);
    records++;
    if (buffer.length() >= BUFFER_BYTES) {
      flush();
    }
  }

  /** Writes what is buffered; what cannot be written is tried again until the buffer is full. */
  void flush() {
    try {
      if (records > 0) {
        file.append(buffer.bytes(), buffer.length());
        clear();
      }
      file.rotateWhenDue();
    } catch (IOException e) {
      losses.onFailure(schema.path(), e);
      if (buffer.length() >= BUFFER_BYTES) {
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
    buffer.truncate(0);
    records = 0;
  }
}
