/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Detections on records that a test makes; keeps the notices. */
public final class StageRun implements AutoCloseable {

  private final List<Notice> notices = new ArrayList<>();
  private final NoticeStage stage;

  public StageRun(DetectionKind kind, Map<String, List<String>> options) {
    this(kind, new NoticeSettings(Set.of(kind.name()), options, null, null));
  }

  StageRun(DetectionKind kind, NoticeSettings settings) {
    stage = new NoticeStage(List.of(kind), settings, new Kept(), WorkloadNames.NONE, List.of());
  }

  public StageRun take(LogRecord logged) {
    stage.onRecord(stage.handlers(logged.log()), logged);
    return this;
  }

  public List<String> messages() {
    return notices.stream().map(Notice::message).toList();
  }

  public List<String> kinds() {
    return List.copyOf(new HashSet<>(notices.stream().map(Notice::note).toList()));
  }

  public NoticeStage stage() {
    return stage;
  }

  @Override
  public void close() {
    stage.close();
  }

  private final class Kept implements LogSink {

    @Override
    public <R> LogStream<R> open(LogSchema<R> schema) {
      return row -> {
        if (row instanceof Notice notice) {
          notices.add(notice);
        }
      };
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
}
