/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

/** Where oddities of files are noted, which belong to no flow. One thread. */
@FunctionalInterface
public interface FileWeirds {

  /** Notes nothing. */
  FileWeirds NONE = (name, detail) -> {};

  /**
   * Notes one.
   *
   * @param detail the file's id, and what exactly
   */
  void note(String name, String detail);
}
