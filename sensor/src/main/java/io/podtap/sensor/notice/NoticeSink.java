/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.SchemaRecord;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.sink.FlowAges;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A sink in front of another one: records go to both the other one and the detections. Belongs to
 * one thread as every sink; {@link #another} shares the detections, which end with the last sink.
 */
public final class NoticeSink implements LogSink {

  private final LogSink target;
  private final NoticeStage stage;
  private final AtomicInteger open;
  private LongSupplier clockNs = () -> Long.MIN_VALUE;

  /** Closes both with the last sink that was made of this one. */
  public NoticeSink(LogSink target, NoticeStage stage) {
    this(target, stage, new AtomicInteger());
  }

  private NoticeSink(LogSink target, NoticeStage stage, AtomicInteger open) {
    this.target = target;
    this.stage = stage;
    this.open = open;
    open.incrementAndGet();
  }

  /** Returns the detections behind it. */
  public NoticeStage stage() {
    return stage;
  }

  @Override
  public NoticeSink another() {
    return new NoticeSink(target.another(), stage, open);
  }

  @Override
  public void timedBy(LongSupplier packetTimeNs) {
    clockNs = packetTimeNs;
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    LogStream<R> written = target.open(schema);
    LogStream<R> watched = events(schema);
    if (watched == null) {
      return written;
    }
    return row -> {
      written.write(row);
      watched.write(row);
    };
  }

  @Override
  public <R> @Nullable LogStream<R> events(LogSchema<R> schema) {
    List<RecordHandler> handlers = stage.handlers(schema.path());
    if (handlers.isEmpty()) {
      return null;
    }
    SchemaRecord<R> seen = new SchemaRecord<>(schema);
    RecordFilter filter = stage.filter(schema.path());
    if (filter == null) {
      return row -> stage.onRecord(handlers, seen.wrap(row, clockNs.getAsLong()));
    }
    return row -> {
      seen.wrap(row, clockNs.getAsLong());
      if (filter.isWanted(seen)) {
        stage.onRecord(handlers, seen);
      }
    };
  }

  @Override
  public @Nullable FlowAges flowAges() {
    return stage.flowAges();
  }

  @Override
  public void ending() {
    target.ending();
    stage.ending();
  }

  @Override
  public void flush() {
    target.flush();
    stage.flush(clockNs.getAsLong());
  }

  @Override
  public void close() {
    try (target) {
      if (open.decrementAndGet() == 0) {
        stage.close();
      }
    }
  }
}
