/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.catalog.Detections;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.sink.MemorySink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every detection behind a sink that keeps records. */
public final class NoticeRun {

  private final Map<String, Long> counts = new HashMap<>();
  private final MemorySink found = new MemorySink();
  private final NoticeStage stage;

  /**
   * @param detections names of those that run; none for all
   * @param names of workloads
   * @param options pairs of names and values
   */
  public NoticeRun(Set<String> detections, WorkloadNames names, String... options) {
    Map<String, List<String>> values = new HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], List.of(options[i + 1]));
    }
    stage =
        new NoticeStage(
            Detections.all(),
            new NoticeSettings(detections, values, /* exceptions= */ null, /* folder= */ null),
            found,
            names,
            List.of());
  }

  /** Returns the sink for an analysis. */
  public LogSink sink() {
    return new NoticeSink(new CountingSink(counts), stage);
  }

  /** Counts records and keeps none. */
  record CountingSink(Map<String, Long> counts) implements LogSink {

    @Override
    public <R> LogStream<R> open(LogSchema<R> schema) {
      return row -> counts.merge(schema.path(), 1L, Long::sum);
    }

    @Override
    public LogSink another() {
      return this;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Returns how many records one log has. */
  public long count(String log) {
    return counts.getOrDefault(log, 0L);
  }

  /** Returns the notices so far. */
  public List<Map<String, String>> notices() {
    return found.rows("notice");
  }

  /** Returns an estimate of the state of all detections, bytes. */
  public long heldBytes() {
    return stage.heldBytes();
  }
}
