/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.HeapAccount;

/** A parser of one kind of file, whatever protocol carries it. One thread. */
public interface FileAnalyzer {

  /** Returns its name in the column {@code analyzers}, as Zeek has it: {@code PE}. */
  String name();

  /** Returns whether it reads files of this MIME type. */
  boolean takes(String mimeType);

  /**
   * Begins to read one file.
   *
   * @param account where the reader accounts for what it holds, until {@link FileReader#end}
   */
  FileReader begin(AnalyzedFile file, HeapAccount account);
}
