/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Takes what detections find: suppresses duplicates, applies exceptions, writes, passes on. */
public final class Notices {

  private static final long SUPPRESSED_BYTES_MAX = 8 << 20;
  private static final long SUPPRESS_NS_MAX = 86_400_000_000_000L;

  /** Until when a notice is suppressed, nanoseconds since 1970. */
  private final AgeTable<String, Long> suppressed =
      new AgeTable<>(SUPPRESSED_BYTES_MAX, SUPPRESS_NS_MAX, untilNs -> Long.BYTES);

  private final LogStream<Notice> log;
  private final Set<String> declared;
  private final NoticeExceptions exceptions;
  private final List<NoticeAction> actions;
  private final WorkloadNames names;
  private long nowNs;
  private final Map<String, long[]> raised = new TreeMap<>();
  private long emittedCount;
  private long suppressedCount;
  private long exceptedCount;

  /**
   * @param declared names of the kinds that may be raised
   */
  Notices(
      LogStream<Notice> log,
      Set<String> declared,
      NoticeExceptions exceptions,
      List<NoticeAction> actions,
      WorkloadNames names) {
    this.log = log;
    this.declared = Set.copyOf(declared);
    declared.forEach(note -> raised.put(note, new long[1]));
    this.exceptions = exceptions;
    this.actions = List.copyOf(actions);
    this.names = names;
  }

  /** Says how late it is by the packets, nanoseconds since 1970. */
  void now(long timeNs) {
    nowNs = timeNs;
  }

  /** Returns how late it is by the packets, nanoseconds since 1970. */
  public long nowNs() {
    return nowNs;
  }

  /**
   * Takes a finding.
   *
   * @return whether it became a notice: false when it was suppressed or is an exception
   */
  public boolean emit(Notice notice) {
    if (!declared.contains(notice.note)) {
      throw new IllegalStateException("notice " + notice.note + " is not declared");
    }
    if (notice.timeNs == LogSchema.UNSET) {
      notice.timeNs = nowNs;
    }
    if (notice.source != null) {
      notice.sourceName = names.nameOf(notice.source, notice.timeNs);
    }
    if (notice.destination != null) {
      notice.destinationName = names.nameOf(notice.destination, notice.timeNs);
    }
    if (exceptions.covers(notice)) {
      exceptedCount++;
      return false;
    }
    if (notice.identifier != null && notice.suppressNs > 0) {
      String key = notice.note + ' ' + notice.identifier;
      Long untilNs = suppressed.get(key, nowNs);
      if (untilNs != null && nowNs < untilNs) {
        suppressedCount++;
        return false;
      }
      suppressed.put(key, nowNs + notice.suppressNs, nowNs);
    }
    emittedCount++;
    long[] ofKind = raised.get(notice.note);
    if (ofKind != null) {
      ofKind[0]++;
    }
    log.write(notice);
    for (NoticeAction action : actions) {
      action.onNotice(notice);
    }
    return true;
  }

  /** Returns how many were written, by kind. */
  Map<String, Long> raised() {
    Map<String, Long> counts = new TreeMap<>();
    raised.forEach((note, count) -> counts.put(note, count[0]));
    return counts;
  }

  /** Returns how many entries of what is suppressed were given up. */
  long evicted() {
    return suppressed.evicted();
  }

  /** Returns how many were written. */
  public long emittedCount() {
    return emittedCount;
  }

  /** Returns how many were suppressed. */
  public long suppressedCount() {
    return suppressedCount;
  }

  /** Returns how many were exceptions. */
  public long exceptedCount() {
    return exceptedCount;
  }

  /** Returns an estimate of the state, bytes. */
  long heldBytes() {
    return suppressed.bytes();
  }
}
