/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is known of one file. One thread. */
class FileRow {

  final String fuid;
  final String source;
  final boolean fromOriginator;
  final int depth;

  /** Who carried it; of a file that several flows carried, one after another. */
  Flow flow;

  final Set<String> analyzers = new TreeSet<>();
  String filename;
  String mime = "";
  String parentFuid = "";
  long startNs;
  long lastNs;
  long seenBytes;
  long totalBytes = LogSchema.UNSET;
  long missingBytes;
  long overflowBytes;
  boolean timedOut;

  /** Under which name it is kept; null when it is not. */
  @Nullable String extracted;

  /** Bytes that are kept of it. */
  long extractedBytes;

  boolean extractionCut;
  final FileHashes hashes = new FileHashes();

  FileRow(
      Flow flow, String fuid, String source, boolean fromOriginator, int depth, String filename) {
    this.flow = flow;
    this.fuid = fuid;
    this.source = source;
    this.fromOriginator = fromOriginator;
    this.depth = depth;
    this.filename = filename;
  }

  final long senderHigh() {
    return fromOriginator ? flow.originatorHigh() : flow.responderHigh();
  }

  final long senderLow() {
    return fromOriginator ? flow.originatorLow() : flow.responderLow();
  }

  /** A file that was not seen whole has no hash. */
  final byte[] digest(int which) {
    return missingBytes == 0 && !timedOut ? hashes.finish(which) : new byte[0];
  }
}
