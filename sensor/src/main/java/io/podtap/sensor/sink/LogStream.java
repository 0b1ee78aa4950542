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
   * @throws java.io.UncheckedIOException when the file cannot be written
   */
  void write(R row);
}
