/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Session;

/** Where parsers hand over the files that connections carry. One thread. */
public interface Files {

  /**
   * Begins a file; it becomes one record of {@code files.log}.
   *
   * @param source the protocol as Zeek names it in {@code source}: {@code HTTP}, {@code SSL}
   * @param depth how many files of this connection or of this message came before it
   * @param filename as the protocol gives it, or empty
   */
  FileStream begin(
      Session session, String source, boolean fromOriginator, int depth, String filename);

  /**
   * Goes on with a file that comes in ranges, each perhaps on another connection; it becomes one
   * record for each connection that carried some of it, once it is complete or for two minutes
   * nothing has come of it.
   *
   * @param name what is the same for all of its ranges
   * @param offset where in the file the next byte stands
   * @param totalBytes length of the whole file, or -1
   */
  FileStream resume(
      Session session,
      String source,
      boolean fromOriginator,
      String name,
      long offset,
      long totalBytes);

  /**
   * Notes something odd about a file that has no record: a certificate.
   *
   * @param name as Zeek names it: a constant
   * @param detail what exactly, or an empty text
   */
  void weird(String name, String detail);
}
