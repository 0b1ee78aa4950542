/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.filter.Repeats;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the detections about workloads share: each record is read once for all of them, and who is
 * known since when is learned once. One thread at a time.
 */
final class WorkloadRecords {

  private record Entry(Watcher watcher, FindingHandler findings) {}

  private final Map<String, List<Entry>> watchers = new HashMap<>();
  private final SeenRecord seen;

  /** A notice that is raised while another record is looked at. */
  private final SeenRecord seenNotice;

  private final Learning learning;
  private final Repeats repeats = new Repeats();
  private final ClusterSettings settings;
  private final FindingHandler nobody =
      (kind, message, detail, about, source, destination, id) -> {};
  private @Nullable LookedUpDomains names;
  private boolean claimed;

  WorkloadRecords(WorkloadNames names, Site site, ClusterSettings settings) {
    seen = new SeenRecord(names, site);
    seenNotice = new SeenRecord(names, site);
    learning = new Learning(settings);
    this.settings = settings;
  }

  Learning learning() {
    return learning;
  }

  /** Returns whether nobody has yet taken what is shared into account; the caller does now. */
  boolean claim() {
    boolean isFirst = !claimed;
    claimed = true;
    return isFirst;
  }

  /** Returns what is shared. */
  List<StateTable> tables() {
    List<StateTable> tables = new ArrayList<>(List.of(learning.table()));
    LookedUpDomains known = names;
    if (known != null) {
      tables.add(known.table());
    }
    return tables;
  }

  /** Returns the names of destinations outside, which whoever needs them shares. */
  LookedUpDomains names(Subscriptions records) {
    LookedUpDomains known = names;
    if (known == null) {
      known = new LookedUpDomains(settings);
      names = known;
      add(known, nobody, records);
    }
    return known;
  }

  void add(Watcher watcher, FindingHandler findings, Subscriptions records) {
    subscribe("conn", records); // what is learned, is learned of every connection
    for (String log : watcher.logs()) {
      subscribe(log, records).add(new Entry(watcher, findings));
    }
  }

  private List<Entry> subscribe(String log, Subscriptions records) {
    return watchers.computeIfAbsent(
        log,
        name -> {
          List<Entry> entries = new ArrayList<>();
          SeenRecord view = name.equals("notice") ? seenNotice : seen;
          boolean isConnection = name.equals("conn");
          records.on(
              name,
              () -> isConnection ? null : filter(name, entries),
              logged -> onRecord(entries, view, isConnection, logged));
          return entries;
        });
  }

  private static @Nullable RecordFilter filter(String log, List<Entry> entries) {
    RecordFilter any = null;
    for (Entry entry : entries) {
      RecordFilter made = entry.watcher().filter(log);
      if (made == null) {
        return null;
      }
      any = any == null ? made : any.or(made);
    }
    return any;
  }

  private void learn(Party party, long now) {
    if (!party.isExternal()) {
      learning.isOver(party, now);
    }
  }

  private void onRecord(
      List<Entry> entries, SeenRecord view, boolean isConnection, LogRecord logged) {
    view.wrap(logged);
    if (isConnection) {
      long now = view.timeNs();
      Party originator = view.originator();
      Party responder = view.responder();
      if (!repeats.isRepeated(originator.key(), responder.key(), /* number= */ 0, now)) {
        learn(originator, now);
        learn(responder, now);
      }
    }
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      entry.watcher().onRecord(view, entry.findings());
    }
  }
}
