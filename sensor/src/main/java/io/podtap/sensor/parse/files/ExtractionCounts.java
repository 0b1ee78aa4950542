/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

/**
 * What became of files that were to be kept.
 *
 * @param files that were written, whole or not
 * @param bytes that were written
 * @param cutFiles files of which something was left out, because of a limit or a failure
 * @param cutBytes bytes that were left out of them
 * @param refusedFiles files that were not begun: too many, or no room
 * @param failures what the operating system refused
 */
public record ExtractionCounts(
    long files, long bytes, long cutFiles, long cutBytes, long refusedFiles, long failures) {

  /** Nothing was to be kept. */
  public static final ExtractionCounts NONE = new ExtractionCounts(0, 0, 0, 0, 0, 0);

  /** Returns the sum of both. */
  public ExtractionCounts plus(ExtractionCounts other) {
    return new ExtractionCounts(
        files + other.files,
        bytes + other.bytes,
        cutFiles + other.cutFiles,
        cutBytes + other.cutBytes,
        refusedFiles + other.refusedFiles,
        failures + other.failures);
  }
}
