/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

/** What a reader may ask and tell of the file that it reads. One thread. */
public interface AnalyzedFile {

  /** Returns the unique id, as in {@code files.log}. */
  String fuid();

  /** Returns when its first byte came, nanoseconds since 1970. */
  long startNs();

  /**
   * Notes something odd in {@code weird.log}, with the file's id and without a flow.
   *
   * @param name as Zeek names it: a constant
   * @param detail what exactly, or an empty text
   */
  void weird(String name, String detail);
}
