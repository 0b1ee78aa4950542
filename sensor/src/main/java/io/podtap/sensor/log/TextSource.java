/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

/**
 * Where the text of a field comes from.
 *
 * @param <R> what records are made of
 */
@FunctionalInterface
public interface TextSource<R> {

  /**
   * Writes the bytes of the value, unescaped; the elements of a set are separated by {@link
   * #SEPARATOR}.
   *
   * @return false when the field is not set (nothing is written then)
   */
  boolean write(R row, LineBuffer target);

  /**
   * Stands between the elements of a set; not part of any text: what comes over the wire goes
   * through {@link #element}.
   */
  int SEPARATOR = 0;

  /** Returns a text as an element of a list: a NUL in it is written as {@code \\x00}. */
  static String element(String text) {
    return text.indexOf(SEPARATOR) < 0 ? text : text.replace("\0", "\\x00");
  }
}
