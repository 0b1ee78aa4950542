/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

/** How records become lines. Stateless apart from scratch space; one thread. */
public sealed interface LogFormat permits JsonFormat, TsvFormat {

  /** Writes what stands in front of the first record. */
  void begin(LogSchema<?> schema, long nowNs, LineBuffer target);

  /** Writes one record and the end of its line. */
  <R> void write(LogSchema<R> schema, R row, LineBuffer target);

  /** Writes what stands behind the last record. */
  void end(long nowNs, LineBuffer target);

  /** Returns the same format for another thread. */
  LogFormat another();

  /** Returns the format that a user calls {@code json} or {@code tsv}. */
  static LogFormat named(String name) {
    return switch (name) {
      case "json" -> new JsonFormat();
      case "tsv" -> new TsvFormat();
      default ->
          throw new io.podtap.core.config.SettingsException(
              "format '" + name + "' is neither json nor tsv");
    };
  }
}
