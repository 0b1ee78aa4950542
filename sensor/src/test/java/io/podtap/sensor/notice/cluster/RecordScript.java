/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Records for one detection, and what it found in them; the same finding counts once. */
final class RecordScript {

  static final Party WEB = new Party("10.0.0.1", "shop/web", false);
  static final Party DATABASE = new Party("10.0.0.2", "data/db", false);
  static final Party OTHER = new Party("10.0.0.3", "dev/debug", false);
  static final Party OUTSIDE = new Party("203.0.113.9", "", true);
  static final long DAY_NS = Duration.ofDays(1).toNanos();

  private final Watcher detection;
  private final List<String> found = new ArrayList<>();
  private final Set<String> identifiers = new HashSet<>();
  private long nowNs = 1_700_000_000_000_000_000L;

  RecordScript(Watcher detection) {
    this.detection = detection;
  }

  private record Row(
      String log, long timeNs, Party originator, Party responder, Map<String, String> fields)
      implements RecordView {

    @Override
    public LogRecord logged() {
      throw new UnsupportedOperationException("written as words");
    }

    @Override
    public String text(String field) {
      return fields.getOrDefault(field, "");
    }

    @Override
    public List<String> texts(String field) {
      String value = text(field);
      return value.isEmpty() ? List.of() : List.of(value.split(",", -1));
    }

    @Override
    public long number(String field) {
      String value = fields.get(field);
      return value == null ? UNSET : Long.parseLong(value);
    }
  }

  /** Lets time pass. */
  RecordScript after(Duration time) {
    nowNs += time.toNanos();
    return this;
  }

  /** Takes a record; fields are pairs of names and values. */
  RecordScript record(String log, Party source, Party target, String... pairs) {
    if (detection.logs().contains(log)) {
      Map<String, String> fields = new HashMap<>();
      for (int i = 0; i < pairs.length; i += 2) {
        fields.put(pairs[i], pairs[i + 1]);
      }
      nowNs += 1_000_000;
      detection.onRecord(
          new Row(log, nowNs, source, target, fields),
          (kind, message, detail, about, from, to, identifier) -> {
            if (identifiers.add(kind + identifier)) {
              found.add(kind.name());
            }
          });
    }
    return this;
  }

  /** Takes a finished TCP connection; further fields replace those of a short one. */
  RecordScript connection(Party source, Party target, int port, String... pairs) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "proto",
                "tcp",
                "conn_state",
                "SF",
                "id.resp_p",
                Integer.toString(port),
                "orig_pkts",
                "5",
                "resp_pkts",
                "5",
                "orig_bytes",
                "100",
                "resp_bytes",
                "100"));
    all.addAll(List.of(pairs));
    return record("conn", source, target, all.toArray(String[]::new));
  }

  /** Returns the kinds that were found, in order. */
  List<String> found() {
    return found;
  }
}
