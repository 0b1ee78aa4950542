package io.podtap.sensor.sink;

import io.podtap.sensor.log.LogSchema;

/** A place for logs. One thread. */
public interface LogSink extends AutoCloseable {

  /** Opens the log of {@code schema}; its file begins with its first record. */
  <R> LogStream<R> open(LogSchema<R> schema);

  /**
   * Hands what is buffered to the operating system and begins new files where it is time to.
   *
   * @throws java.io.UncheckedIOException when a file cannot be written
   */
  void flush();

  /**
   * Ends every file; nothing that was written is lost.
   *
   * @throws java.io.UncheckedIOException when a file cannot be written
   */
  @Override
  void close();
}
