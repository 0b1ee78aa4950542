/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pe;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.files.AnalyzedFile;
import io.podtap.sensor.parse.files.FileAnalyzer;
import io.podtap.sensor.parse.files.FileReader;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** Executable files of Windows. */
public final class PeAnalyzer implements FileAnalyzer {

  private static final String MIME_TYPE = "application/x-dosexec";

  private final LogStream<PeRow> log;

  /** Opens {@code pe.log}. */
  public PeAnalyzer(LogSink sink) {
    this.log = sink.open(PeRow.schema());
  }

  @Override
  public String name() {
    return "PE";
  }

  @Override
  public boolean takes(String mimeType) {
    return mimeType.equals(MIME_TYPE);
  }

  @Override
  public FileReader begin(AnalyzedFile file, HeapAccount account) {
    return new PeReader(log, file, account);
  }
}
