/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.SchemaRecord;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.sink.FlowAges;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The detections that run, what they take and where their notices go. Shared by the threads that
 * write records: every method takes one lock.
 */
public final class NoticeStage implements AutoCloseable {

  private static final long ADVANCE_NS = 1_000_000_000L;

  private final LogSink sink;
  private final List<Detection> detections = new ArrayList<>();

  /** Whatever has state, by names that stay the same. */
  private final Map<String, Object> stateful = new LinkedHashMap<>();

  private final Subscriptions subscriptions = new Subscriptions();
  private final Notices notices;
  private final NoticeExceptions exceptions;
  private final List<NoticeAction> actions;
  private long nowNs = Long.MIN_VALUE;
  private long nextAdvanceNs = Long.MIN_VALUE;
  private boolean closed;

  /**
   * @param kinds every detection that there is
   * @param sink for notice.log and the logs of detections; closed with this
   * @param names names of workloads
   * @param actions what is done with notices besides
   * @throws SettingsException when an option or a name is not declared, or a value is invalid
   */
  public NoticeStage(
      List<DetectionKind> kinds,
      NoticeSettings settings,
      LogSink sink,
      WorkloadNames names,
      List<NoticeAction> actions) {
    this.sink = sink;
    this.actions = List.copyOf(actions);
    this.exceptions = new NoticeExceptions(settings.exceptions());
    List<DetectionKind> chosen = settings.chosen(kinds);
    Set<String> declared = new HashSet<>();
    for (DetectionKind kind : chosen) {
      kind.notices().forEach(type -> declared.add(type.name()));
    }
    this.notices =
        new Notices(
            seen(NoticeLog.schema(!names.equals(WorkloadNames.NONE))),
            declared,
            exceptions,
            actions,
            names);
    Map<String, List<String>> values = settings.values();
    Site site = settings.site();
    for (DetectionKind kind : chosen) {
      Detection detection =
          kind.starter()
              .apply(
                  new DetectionContext(
                      new DetectionValues(kind, values),
                      notices,
                      site,
                      names,
                      sink,
                      settings.folder()));
      detection.subscribe(subscriptions);
      detections.add(detection);
    }
    stateful.putAll(subscriptions.shared());
    stateful.put("notices", notices);
    for (int i = 0; i < detections.size(); i++) {
      stateful.put(chosen.get(i).name(), detections.get(i));
    }
  }

  /** Opens notice.log, whose records detections may want as well. */
  private LogStream<Notice> seen(LogSchema<Notice> schema) {
    LogStream<Notice> written = sink.open(schema);
    SchemaRecord<Notice> view = new SchemaRecord<>(schema);
    return notice -> {
      written.write(notice);
      for (RecordHandler handler : subscriptions.of(schema.path())) {
        handler.onRecord(view.wrap(notice, nowNs));
      }
    };
  }

  @Nullable FlowAges flowAges() {
    return subscriptions.flowAges();
  }

  List<RecordHandler> handlers(String log) {
    return subscriptions.of(log);
  }

  /** Returns a new filter for the records of a log that matter, or null where all do. */
  @Nullable RecordFilter filter(String log) {
    return subscriptions.filter(log);
  }

  /** Returns the names of the logs and events that detections take. */
  public Set<String> logs() {
    return subscriptions.names();
  }

  /** Returns what has state: what detections share, what takes the notices, the detections. */
  public Map<String, Object> stateful() {
    return Collections.unmodifiableMap(stateful);
  }

  /** Passes a record to those who have subscribed to its log. */
  public void onRecord(LogRecord logged) {
    onRecord(subscriptions.of(logged.log()), logged);
  }

  /** Passes a record to those who have subscribed to its log. */
  synchronized void onRecord(List<RecordHandler> handlers, LogRecord logged) {
    advanceTo(logged.nowNs());
    for (int i = 0; i < handlers.size(); i++) {
      handlers.get(i).onRecord(logged);
    }
  }

  private void advanceTo(long timeNs) {
    if (timeNs <= nowNs) {
      return;
    }
    nowNs = timeNs;
    notices.now(timeNs);
    if (timeNs >= nextAdvanceNs) {
      nextAdvanceNs = timeNs + ADVANCE_NS;
      exceptions.advance(timeNs);
      for (Detection detection : detections) {
        detection.advance(timeNs);
      }
    }
  }

  /** Says that flows which are open now are cut off by the end of the capture. */
  synchronized void ending() {
    for (Detection detection : detections) {
      detection.ending();
    }
  }

  /** Lets time pass and hands what was written to the operating system. */
  synchronized void flush(long timeNs) {
    advanceTo(timeNs);
    sink.flush();
  }

  /** Returns an estimate of the state of all detections, bytes. */
  public synchronized long heldBytes() {
    long sum = notices.heldBytes();
    for (Detection detection : detections) {
      sum += detection.heldBytes();
    }
    return sum;
  }

  /** Returns how many entries of state were given up because it was full. */
  public synchronized long evicted() {
    long sum = notices.evicted();
    for (Detection detection : detections) {
      sum += detection.evicted();
    }
    return sum;
  }

  /** Returns what became of findings so far. */
  public synchronized NoticeCounts counts() {
    return new NoticeCounts(
        notices.raised(),
        notices.suppressedCount(),
        notices.exceptedCount(),
        evicted(),
        heldBytes(),
        deliveries("webhook"),
        deliveries("events"));
  }

  private Map<String, Long> deliveries(String name) {
    for (NoticeAction action : actions) {
      if (action.name().equals(name)) {
        return action.counts();
      }
    }
    return Map.of();
  }

  /** Returns what is wrong with files and deliveries, a line for each. Any thread; never waits. */
  public String problem() {
    List<String> lines = new ArrayList<>();
    String ofExceptions = exceptions.problem();
    lines.add(ofExceptions == null ? "" : ofExceptions);
    detections.forEach(detection -> lines.add(detection.problem()));
    actions.forEach(action -> lines.add(action.problem()));
    lines.removeIf(String::isEmpty);
    return String.join("\n", lines);
  }

  /** Returns what takes the notices, for its counts. */
  public Notices notices() {
    return notices;
  }

  /** Ends every detection, then the logs and the actions. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (sink) {
      for (Detection detection : detections) {
        detection.end(nowNs);
      }
    }
    actions.forEach(NoticeAction::close);
  }
}
