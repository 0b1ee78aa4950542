/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.sink.LogStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What files are written to and read by, the same for all. One thread.
 *
 * @param analyzers asked in this order; the first one that takes a file reads it
 * @param extraction null when no files are kept
 */
record FileOutputs(
    LogStream<FileRow> log,
    List<FileAnalyzer> analyzers,
    FileWeirds weirds,
    @Nullable FileExtraction extraction) {

  @Nullable FileAnalyzer analyzerOf(String mimeType) {
    for (int i = 0; i < analyzers.size(); i++) {
      if (analyzers.get(i).takes(mimeType)) {
        return analyzers.get(i);
      }
    }
    return null;
  }
}
