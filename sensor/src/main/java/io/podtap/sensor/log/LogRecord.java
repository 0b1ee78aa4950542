/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One finished record, read by the names of its fields. Valid only during the call that passes it:
 * what is to be kept is copied out.
 *
 * <p>Text is one character for each byte, as it came over the wire.
 */
public interface LogRecord {

  /** Returns the name of the log, without an ending: {@code conn}. */
  String log();

  /** Returns the time of the packet that led to the record, nanoseconds since 1970. */
  long nowNs();

  /** Returns a text, an address or a word; null when the field is not set or does not exist. */
  @Nullable String text(String field);

  /**
   * Returns a number; times and intervals are nanoseconds, truth values 1 and 0. {@link
   * LogSchema#UNSET} when the field is not set or does not exist.
   */
  long number(String field);

  /** Returns the elements of a set or a list; empty when the field is not set or does not exist. */
  List<String> texts(String field);

  /** Returns a text, an empty one when the field is not set. */
  default String textOrEmpty(String field) {
    String text = text(field);
    return text == null ? "" : text;
  }

  /** Returns whether a truth value is set and true. */
  default boolean isTrue(String field) {
    return number(field) == 1;
  }
}
