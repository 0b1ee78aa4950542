/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ocsp;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.files.AnalyzedFile;
import io.podtap.sensor.parse.files.FileAnalyzer;
import io.podtap.sensor.parse.files.FileReader;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** Answers of OCSP. */
public final class OcspAnalyzer implements FileAnalyzer {

  /** What content or TLS says of such a file. */
  public static final String MIME_TYPE = "application/ocsp-response";

  private final LogStream<OcspRow> log;

  /** Opens {@code ocsp.log}. */
  public OcspAnalyzer(LogSink sink) {
    this.log = sink.open(OcspRow.schema());
  }

  @Override
  public String name() {
    return "OCSP_REPLY";
  }

  @Override
  public boolean takes(String mimeType) {
    return mimeType.equals(MIME_TYPE);
  }

  @Override
  public FileReader begin(AnalyzedFile file, HeapAccount account) {
    return new OcspReader(log, file, account);
  }
}
