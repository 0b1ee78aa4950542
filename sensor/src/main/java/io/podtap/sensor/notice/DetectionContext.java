/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a detection works with.
 *
 * @param options values of its options
 * @param notices takes what it finds
 * @param site which addresses and names are local
 * @param names names of workloads
 * @param sink where logs of its own go
 * @param folder of the options' file, or null
 */
public record DetectionContext(
    DetectionValues options,
    Notices notices,
    Site site,
    WorkloadNames names,
    LogSink sink,
    @Nullable Path folder) {

  /** Returns a file that an option names, in the folder of the options' file. */
  public Path resolve(String file) {
    return folder == null ? Path.of(file) : folder.resolve(file);
  }

  /** Opens a log of the detection; its file begins with its first record. */
  public <R> LogStream<R> open(LogSchema<R> schema) {
    return sink.open(schema);
  }
}
